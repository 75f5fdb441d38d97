/** In which order a file is going to be read, and how far that has come. */
import type { ByteRange } from '../byte-source.ts';
import { pieceAt } from './pieces.ts';

/** Ranges in the order in which they are read. */
export class ReadingPlan {
  /** every piece that is needed, in the order of their first reading */
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
    this.pieces = [...this.last.keys()];
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
