/** Undoing the prediction by which PNG makes rows easier to compress. */

/**
 * Replaces one row by what it was before it was filtered.
 *
 * @param data holds the row, which begins at `at` and has `length` bytes
 * @param filter 0 none, 1 left, 2 above, 3 average of both, 4 Paeth
 * @param above holds the row above, already unfiltered, from `aboveAt`; zeros above the first row of a pass
 * @param step bytes of a pixel, at least 1
 * @throws RangeError if the filter is none of these
 *
 * Source: PNG Specification, third edition, chapter 9; Pillow 13, `ZipDecode.c`.
 */
export function unfilterRow(
  data: Uint8Array,
  at: number,
  length: number,
  filter: number,
  above: Uint8Array,
  aboveAt: number,
  step: number,
): void {
  const end = at + length;
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = at + step; i < end; i++) data[i] = (data[i] ?? 0) + (data[i - step] ?? 0);
      return;
    case 2:
      for (let i = at, up = aboveAt; i < end; i++, up++) data[i] = (data[i] ?? 0) + (above[up] ?? 0);
      return;
    case 3:
      for (let i = at, up = aboveAt; i < end; i++, up++) {
        const left = i < at + step ? 0 : (data[i - step] ?? 0);
        data[i] = (data[i] ?? 0) + ((left + (above[up] ?? 0)) >> 1);
      }
      return;
    case 4:
      unfilterPaeth(data, at, end, above, aboveAt, step);
      return;
    default:
      throw new RangeError(`a row with the unknown filter ${filter}`);
  }
}

/** Adds whichever of left, above and above left is nearest to left + above − above left. */
function unfilterPaeth(
  data: Uint8Array,
  at: number,
  end: number,
  above: Uint8Array,
  aboveAt: number,
  step: number,
): void {
  const first = Math.min(at + step, end);
  let up = aboveAt;
  let i = at;
  for (; i < first; i++, up++) data[i] = (data[i] ?? 0) + (above[up] ?? 0);
  for (; i < end; i++, up++) {
    const a = data[i - step] ?? 0;
    const b = above[up] ?? 0;
    const c = above[up - step] ?? 0;
    const toA = Math.abs(b - c);
    const toB = Math.abs(a - c);
    const toC = Math.abs(a + b - 2 * c);
    data[i] = (data[i] ?? 0) + (toA <= toB && toA <= toC ? a : toB <= toC ? b : c);
  }
}
