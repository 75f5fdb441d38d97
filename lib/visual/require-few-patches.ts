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
  { image, patchSize }: PatchGrid,
  atOnce: Pick<PatchGrid, 'rows' | 'columns'>,
  most: number,
): void {
  const count = atOnce.rows * atOnce.columns;
  if (count <= most) return;
  const [patchHeight, patchWidth] = patchSize;
  const [width, height] = [image.width / patchWidth, image.height / patchHeight];
  const isTall = image.width <= image.height;
  const [patch, elongation] = isTall ? [patchWidth, height / width] : [patchHeight, width / height];
  let side = Math.floor(Math.sqrt(most / elongation));
  // however the longer side comes to whole patches
  while (side * Math.ceil(side * elongation) > most) side--;
  const smaller = side > 0 ? `size ${side * patch} or less, ` : '';
  throw new ImageError(
    `${where}: expected at most ${most} patches at once, as attention takes time with the square of their number, got ${atOnce.rows} × ${atOnce.columns} = ${count}; take ${smaller}fit processor, which crops long images, a tileSize for features, or more maxPatches`,
  );
}
