/** Similarity maps: how like a place of one image every patch of another is. */
import { OptionError } from '../../../errors/errors.ts';
import { shown } from '../../../errors/shown.ts';
import { type Box, intersection, type Point } from '../../../images/geometry/box.ts';
import { requirePatches } from '../patch-matrix.ts';
import { type PlacedFeatures, rowProduct, unitRows } from './unit-rows.ts';

/**
 * The cosines of one patch with all patches of another image, or of the same.
 *
 * @param from the image of the place, as `patchFeatures` gives it
 * @param at a point of it, or a box: then of the mean direction of the patches in it, each by how much of it the box covers
 * @param to the image that is searched, of the same model and layer
 * @returns [N] of `to`, −1 to 1, row by row
 * @throws OptionError if the model sees nothing at this place; ShapeError if the features are not of one width, or not as many as patches
 */
export function similarityMap(from: PlacedFeatures, at: Point | Box, to: PlacedFeatures): Float32Array {
  requirePatches('similarityMap', from);
  requirePatches('similarityMap', to, from.dim);
  const { dim } = to;
  const query = unitRows(directionAt(from, at), dim);
  const rows = unitRows(to.features, dim);
  return Float32Array.from({ length: to.grid.size }, (_, patch) => rowProduct(query, 0, rows, patch, dim));
}

/** [dim]: the features at a point, or the mean direction of those in a box. */
function directionAt({ features, dim, grid }: PlacedFeatures, at: Point | Box): Float32Array {
  const rowOf = (patch: number) => features.subarray(patch * dim, (patch + 1) * dim);
  if (!('width' in at)) {
    const patch = grid.patchAt(at);
    return patch === undefined ? refuse(grid.visible, at) : rowOf(patch);
  }
  const mean = new Float32Array(dim);
  let isSeen = false;
  for (let patch = 0; patch < grid.size; patch++) {
    const box = grid.boxOf(patch);
    const { width, height } = intersection(intersection(box, at), grid.visible);
    const weight = (width * height) / (box.width * box.height);
    if (!(weight > 0)) continue;
    isSeen = true;
    const row = unitRows(rowOf(patch), dim);
    for (let d = 0; d < dim; d++) mean[d] = mean[d]! + weight * row[d]!;
  }
  return isSeen ? mean : refuse(grid.visible, at);
}

function refuse({ x, y, width, height }: Box, at: Point | Box): never {
  throw new OptionError(
    `similarityMap: at: expected a place that the model sees, x from ${x} to ${x + width} and y from ${y} to ${y + height}, got ${shown(at)}`,
  );
}
