/** How many patches may go through a model at once. */
import { ImageError } from '../../errors/errors.ts';
import type { PatchGrid } from '../../images/geometry/patch-grid.ts';

/**
 * Refuses an image whose forward pass would take very long, before it is resized.
 *
 * @param where the image's name
 * @param grid of the whole image
 * @param atOnce of the part of it that goes through the model at once
 * @param most the option `maxPatches`
 * @throws ImageError that says which size would do
 */
export function requireFewPatches(
  where: string,
  { rows, columns, patchSize }: PatchGrid,
  atOnce: Pick<PatchGrid, 'rows' | 'columns'>,
  most: number,
): void {
  const count = atOnce.rows * atOnce.columns;
  if (count <= most) return;
  const [side, patch] = columns < rows ? [columns, patchSize[1]] : [rows, patchSize[0]];
  const size = Math.floor(side * Math.sqrt(most / (rows * columns))) * patch;
  const smaller = size > 0 ? `size ${size} or less, ` : '';
  throw new ImageError(
    `${where}: expected at most ${most} patches at once, as attention takes time with the square of their number, got ${atOnce.rows} × ${atOnce.columns} = ${count}; take ${smaller}fit processor, which crops long images, a tileSize for features, or more maxPatches`,
  );
}
