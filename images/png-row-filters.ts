/** The filters that PNG puts before compression: each byte less what its neighbours foretell. */

/** Filters the rows of one image, from the first on, each by the filter that leaves the least sum of absolute differences. */
export class PngRowFilters {
  private readonly bytesPerPixel: number;
  private before: Uint8Array;
  /** a row under each filter, behind the number of the filter */
  private readonly tried: readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];

  /** @param stride bytes of a row */
  constructor(stride: number, bytesPerPixel: number) {
    this.bytesPerPixel = bytesPerPixel;
    this.before = new Uint8Array(stride);
    const rowOf = (filter: number): Uint8Array => {
      const row = new Uint8Array(stride + 1);
      row[0] = filter;
      return row;
    };
    this.tried = [rowOf(0), rowOf(1), rowOf(2), rowOf(3), rowOf(4)];
  }

  /**
   * Source: PNG (W3C Recommendation, third edition), 9 and 12.7.
   *
   * @param row the next one; kept until the call after this, and not written to
   * @returns the number of the filter and the filtered bytes; overwritten by the next call
   */
  filter(row: Uint8Array): Uint8Array {
    const { before, bytesPerPixel } = this;
    const [none, sub, up, average, paeth] = this.tried;
    if (isSameButNotEmpty(row, before)) return up.fill(0, 1);
    let [sumNone, sumSub, sumUp, sumAverage, sumPaeth] = [0, 0, 0, 0, 0];
    for (let i = 0; i < row.length; i++) {
      const value = row[i]!;
      const isFirst = i < bytesPerPixel;
      const left = isFirst ? 0 : row[i - bytesPerPixel]!;
      const above = before[i]!;
      const corner = isFirst ? 0 : before[i - bytesPerPixel]!;
      // how far the sum of left and above less corner is from each of them
      const toLeft = Math.abs(above - corner);
      const toAbove = Math.abs(left - corner);
      const toCorner = Math.abs(left + above - 2 * corner);
      const aboveOrCorner = toAbove <= toCorner ? above : corner;
      const nearest = toLeft <= toAbove && toLeft <= toCorner ? left : aboveOrCorner;
      none[i + 1] = value;
      sub[i + 1] = value - left;
      up[i + 1] = value - above;
      average[i + 1] = value - ((left + above) >> 1);
      paeth[i + 1] = value - nearest;
      sumNone += distance(value);
      sumSub += distance(value - left);
      sumUp += distance(value - above);
      sumAverage += distance(value - ((left + above) >> 1));
      sumPaeth += distance(value - nearest);
    }
    this.before = row;
    const sums = [sumNone, sumSub, sumUp, sumAverage, sumPaeth];
    return this.tried[sums.indexOf(Math.min(...sums))] ?? none;
  }
}

/** Whether nothing is left of a row under the filter that takes off the one above it, and something is under all filters before. */
function isSameButNotEmpty(row: Uint8Array, before: Uint8Array): boolean {
  let bits = 0;
  for (let i = 0; i < row.length; i++) {
    if (row[i] !== before[i]) return false;
    bits |= row[i]!;
  }
  return bits !== 0;
}

/** How far a byte, as a signed number, is from 0. */
function distance(difference: number): number {
  return Math.abs((difference << 24) >> 24);
}
