/** What the names of a scheme stand for. */
import { generalise } from './name-pattern.ts';
import { KEY_SCHEMES, type KeyScheme, type SchemeRow } from './schemes.ts';

/** Which of our weights a tensor belongs to, and what else belongs to it. */
export interface Place {
  readonly ours: string;
  /** all parts, by their names in the scheme; rows follow one another in ours */
  readonly theirs: readonly string[];
}

/** The rows of a scheme, by the names of its tensors. */
export class Places {
  private readonly places = new Map<string, Place>();

  /** @param isSwiGLU whether a model with the names of timm has SwiGLU, which timm calls like an MLP */
  constructor(scheme: KeyScheme, isSwiGLU: boolean) {
    // transformers 4 and 5 may be mixed in one file: what this scheme doesn't know, the other may
    if (scheme.name === 'hf5') this.add(KEY_SCHEMES.hf.rows);
    this.add(relevantRows(scheme, isSwiGLU));
  }

  /** @param name of a tensor, without prefixes */
  of(name: string): Place | undefined {
    return this.places.get(generalise(name).pattern);
  }

  private add(rows: readonly SchemeRow[]): void {
    for (const [ours, theirs] of rows) for (const name of theirs) this.places.set(name, { ours, theirs });
  }
}

/** Of the rows that two feed-forward networks share names in, those of the network the file has. */
function relevantRows(scheme: KeyScheme, isSwiGLU: boolean): readonly SchemeRow[] {
  if (scheme.name !== 'timm') return scheme.rows;
  const other = isSwiGLU ? /\.mlp\.fc[12]\./ : /\.mlp\.w(12|3)\./;
  return scheme.rows.filter(([ours]) => !other.test(ours));
}
