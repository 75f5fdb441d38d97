/** In which order a file is going to be read, and how far that has come. */
import type { ByteRange } from '../byte-source.ts';
import { pieceAt } from './pieces.ts';

/** Ranges in the order in which they are read. */
export class ReadingPlan {
  /** every piece that is needed, in the order in which to fetch them: that of their first reading, but for runs of neighbours */
  readonly pieces: readonly number[];
  private readonly ranges: readonly ByteRange[];
  /** the place in the plan where each piece is needed for the last time */
  private readonly last = new Map<number, number>();
  private place = 0;

  constructor(ranges: readonly ByteRange[]) {
    this.ranges = ranges;
    for (const [place, { offset, length }] of ranges.entries()) {
      for (let at = pieceAt(offset); length > 0 && at <= pieceAt(offset + length - 1); at++) {
        this.last.set(at, place);
      }
    }
    this.pieces = inRuns([...this.last.keys()]);
  }

  /** Notes that what stands at an offset is read now, and nothing before it in the plan any more. */
  reach(offset: number): void {
    for (let place = this.place; place < this.ranges.length; place++) {
      const range = this.ranges[place];
      if (range !== undefined && offset >= range.offset && offset < range.offset + range.length) {
        this.place = place;
        return;
      }
    }
  }

  /** Whether a piece is not needed any more, or never was. */
  isPast(index: number): boolean {
    return (this.last.get(index) ?? -1) < this.place;
  }
}

/** Of how many pieces that are wanted next the one that continues a run goes first. */
const WINDOW = 4;

/**
 * Layers ask in an order of their own for what stands in that of names: `norm1` at the end of a block comes before its beginning.
 * Within a few pieces, and over a gap of one that is wanted later, pieces stay in the order of the file, so that few requests fetch all.
 */
function inRuns(order: readonly number[]): number[] {
  const rest = new Set(order);
  const fetched: number[] = [];
  while (rest.size > 0) {
    const window = [...rest].slice(0, WINDOW);
    const next = (fetched.at(-1) ?? Number.NaN) + 1;
    const goesOn = rest.has(next) && (window.includes(next) || window.includes(next + 1));
    const chosen = goesOn ? next : Math.min(...window);
    fetched.push(chosen);
    rest.delete(chosen);
  }
  return fetched;
}
