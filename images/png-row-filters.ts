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
    for (let i = 0; i < row.length; i++) {
      const value = row[i]!;
      const left = i < bytesPerPixel ? 0 : row[i - bytesPerPixel]!;
      const above = before[i]!;
      const corner = i < bytesPerPixel ? 0 : before[i - bytesPerPixel]!;
      none[i + 1] = value;
      sub[i + 1] = value - left;
      up[i + 1] = value - above;
      average[i + 1] = value - ((left + above) >> 1);
      paeth[i + 1] = value - nearestOf(left, above, corner);
    }
    this.before = row;
    let best = none;
    let least = Number.POSITIVE_INFINITY;
    for (const each of this.tried) {
      const sum = sumOfDifferences(each);
      if (sum < least) [best, least] = [each, sum];
    }
    return best;
  }
}

/** Which of three neighbours is nearest to left + above - corner. */
function nearestOf(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

/** The sum of the bytes behind the first, as signed numbers without their signs. */
function sumOfDifferences(filtered: Uint8Array): number {
  let sum = 0;
  for (let i = 1; i < filtered.length; i++) {
    const value = filtered[i]!;
    sum += value < 128 ? value : 256 - value;
  }
  return sum;
}
