/** Undoing the prediction by which PNG makes rows easier to compress. */

/** One row of filtered bytes and the row above it, which may be in another buffer. */
export interface FilteredRow {
  data: Uint8Array;
  /** where the row begins, after the byte that names its filter */
  at: number;
  /** bytes */
  length: number;
  /** holds the row above, already unfiltered; zeros above the first row of a pass */
  above: Uint8Array;
  /** where that row begins */
  aboveAt: number;
  /** bytes of a pixel, at least 1 */
  step: number;
}

/**
 * Replaces a row by what it was before it was filtered.
 *
 * @param filter 0 none, 1 left, 2 above, 3 average of both, 4 Paeth
 * @throws RangeError if the filter is none of these
 *
 * Source: PNG Specification, third edition, chapter 9; Pillow 13, `ZipDecode.c`.
 */
export function unfilterRow(filter: number, row: FilteredRow): void {
  if (filter === 1) unfilterLeft(row);
  else if (filter === 2) unfilterAbove(row);
  else if (filter === 3) unfilterAverage(row);
  else if (filter === 4) unfilterPaeth(row);
  else if (filter !== 0) throw new RangeError(`a row with the unknown filter ${filter}`);
}

function unfilterLeft({ data, at, length, step }: FilteredRow): void {
  const end = at + length;
  for (let i = at + step; i < end; i++) data[i] = data[i]! + data[i - step]!;
}

function unfilterAbove({ data, at, length, above, aboveAt }: FilteredRow): void {
  for (let i = 0; i < length; i++) data[at + i] = data[at + i]! + above[aboveAt + i]!;
}

function unfilterAverage({ data, at, length, above, aboveAt, step }: FilteredRow): void {
  for (let channel = 0; channel < step; channel++) {
    let left = 0;
    for (let i = channel; i < length; i += step) {
      left = (data[at + i]! + ((left + above[aboveAt + i]!) >> 1)) & 255;
      data[at + i] = left;
    }
  }
}

/**
 * Adds whichever of left, above and above left is nearest to left + above − above left, in this order where some are
 * equally near. Which one it is can't be foretold, so it is chosen by masks: branches take twice as long.
 */
function unfilterPaeth({ data, at, length, above, aboveAt, step }: FilteredRow): void {
  for (let channel = 0; channel < step; channel++) {
    let left = 0;
    let aboveLeft = 0;
    for (let i = channel; i < length; i += step) {
      const up = above[aboveAt + i]!;
      const toLeft = Math.abs(up - aboveLeft);
      const toUp = Math.abs(left - aboveLeft);
      const toAboveLeft = Math.abs(up + left - 2 * aboveLeft);
      const notLeft = ((toUp - toLeft) | (toAboveLeft - toLeft)) >> 31;
      const notUp = (toAboveLeft - toUp) >> 31;
      const other = up ^ ((up ^ aboveLeft) & notUp);
      left = (data[at + i]! + (left ^ ((left ^ other) & notLeft))) & 255;
      data[at + i] = left;
      aboveLeft = up;
    }
  }
}
