/** What the names of a scheme stand for. */
import type { KeyScheme, SchemeRow } from './key-scheme.ts';
import { generalise } from './name-pattern.ts';

/** Which of our weights a tensor belongs to, and what else belongs to it. */
export interface Place {
  readonly ours: string;
  /** all parts, by their names in the scheme; rows follow one another in ours */
  readonly theirs: readonly string[];
}

/** The rows of a scheme, by the names of its tensors. */
export class Places {
  private readonly places = new Map<string, Place>();

  constructor({ rows, otherRows = [] }: KeyScheme) {
    this.add(otherRows);
    this.add(rows);
  }

  /** @param name of a tensor, without prefixes */
  of(name: string): Place | undefined {
    return this.places.get(generalise(name).pattern);
  }

  private add(rows: readonly SchemeRow[]): void {
    for (const [ours, theirs] of rows) for (const name of theirs) this.places.set(name, { ours, theirs });
  }
}
