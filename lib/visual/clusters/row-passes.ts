/** Products with the rows of many images, gone through several times. */
import { OptionError } from '../../../errors/errors.ts';
import { RowMatrix } from '../../products/row-matrix.ts';
import { type PatchMatrices, passesOver } from '../matrix-passes.ts';
import type { ImageMatrix } from '../padding.ts';
import { requireFinite } from '../patch-matrix.ts';

/** Rows of some images. */
interface Part {
  readonly rows: RowMatrix;
  /** how many rows came before */
  readonly start: number;
}

/** How many rows an image has, and among which patches. */
interface OfImage {
  readonly rows: number;
  readonly among: ImageMatrix['among'];
}

/** Rows of all images, in their order, without those of padding. */
export interface RowPasses {
  /** D */
  readonly dim: number;
  /** N */
  readonly count: number;
  /** all at once where they are in memory, else image by image */
  parts(): AsyncIterable<Part>;
  /** [N] labels of rows as labels of all patches that were given, −1 for padding */
  ofAllPatches(labels: Int32Array): Int32Array;
}

/**
 * Rows of images, checked to be of one width and finite.
 *
 * @throws OptionError if there are none or a value is not finite; ShapeError on patches of different widths
 */
export async function rowPassesOver(where: string, given: PatchMatrices): Promise<RowPasses> {
  const { isInMemory, matrices } = await passesOver(where, given);
  const kept: Float32Array[] = [];
  const images: OfImage[] = [];
  let dim = 0;
  let count = 0;
  for await (const matrix of matrices()) {
    requireFinite(where, matrix);
    dim = matrix.dim;
    const rows = matrix.features.length / dim;
    images.push({ rows, among: matrix.among });
    count += rows;
    if (isInMemory) kept.push(matrix.features);
  }
  if (count === 0) throw new OptionError(`${where}: expected features of at least one image, got none`);
  const together = isInMemory ? new RowMatrix(dim, kept) : undefined;
  async function* parts(): AsyncGenerator<Part, void, undefined> {
    if (together !== undefined) {
      yield { rows: together, start: 0 };
      return;
    }
    let start = 0;
    for await (const { features } of matrices()) {
      const rows = new RowMatrix(dim, [features]);
      yield { rows, start };
      start += rows.count;
    }
  }
  return { dim, count, parts, ofAllPatches: (labels) => ofAllPatches(labels, images) };
}

/**
 * Labels of rows as labels of all patches that were given, −1 for padding.
 *
 * @param images how many rows each has, and among which patches
 */
export function ofAllPatches(labels: Int32Array, images: readonly OfImage[]): Int32Array {
  const all = new Int32Array(images.reduce((sum, { rows, among }) => sum + (among?.count ?? rows), 0)).fill(
    -1,
  );
  let [to, from] = [0, 0];
  for (const { rows, among } of images) {
    const own = labels.subarray(from, from + rows);
    if (among === undefined) all.set(own, to);
    else for (const [i, place] of among.places.entries()) all[to + place] = own[i]!;
    to += among?.count ?? rows;
    from += rows;
  }
  return all;
}
