/** Products with the rows of many images, gone through several times. */
import { OptionError } from '../../../errors/errors.ts';
import { RowProducts } from '../../products/row-products.ts';
import { type PatchMatrices, passesOver } from '../matrix-passes.ts';
import { requireFinite } from '../patch-matrix.ts';

/** Rows of some images. */
interface Part {
  readonly rows: RowProducts;
  /** how many rows came before */
  readonly start: number;
}

/** Rows of all images, in their order. */
export interface RowPasses {
  /** D */
  readonly dim: number;
  /** N */
  readonly count: number;
  /** all at once where they are in memory, else image by image */
  parts(): AsyncIterable<Part>;
}

/**
 * Rows of images, checked to be of one width and finite.
 *
 * @throws OptionError if there are none or a value is not finite; ShapeError on patches of different widths
 */
export async function rowPassesOver(where: string, given: PatchMatrices): Promise<RowPasses> {
  const { isInMemory, matrices } = await passesOver(where, given);
  const kept: Float32Array[] = [];
  let dim = 0;
  let count = 0;
  for await (const matrix of matrices()) {
    requireFinite(where, matrix);
    dim = matrix.dim;
    count += matrix.features.length / dim;
    if (isInMemory) kept.push(matrix.features);
  }
  if (count === 0) throw new OptionError(`${where}: expected features of at least one image, got none`);
  const together = isInMemory ? new RowProducts(dim, kept) : undefined;
  async function* parts(): AsyncGenerator<Part, void, undefined> {
    if (together !== undefined) {
      yield { rows: together, start: 0 };
      return;
    }
    let start = 0;
    for await (const { features } of matrices()) {
      const rows = new RowProducts(dim, [features]);
      yield { rows, start };
      start += rows.count;
    }
  }
  return { dim, count, parts };
}
