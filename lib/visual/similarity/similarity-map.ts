/** Similarity maps: how like a place of one image every patch of another is. */
import { OptionError } from '../../../errors/errors.ts';
import { shown } from '../../../errors/shown.ts';
import { type Box, intersection, type Point } from '../../../images/geometry/box.ts';
import { fillPadding } from '../padding.ts';
import { requireFinite, requirePatches } from '../patch-matrix.ts';
import type { PlacedFeatures } from '../placed-features.ts';
import { unitRows } from './unit-rows.ts';

/**
 * The cosines of one patch with all patches of another image, or of the same.
 *
 * @param from the image of the place, as `patchFeatures` gives it
 * @param at a point of it, or a box: then of the mean direction of the patches in it, each by how much of it the box covers
 * @param to the image that is searched, of the same model and layer
 * @returns [N] of `to`, −1 to 1, row by row; padding has the least of them
 * @throws OptionError if the model sees nothing at this place or a value is not finite; ShapeError if the features are not of one width, or not as many as patches
 */
export function similarityMap(from: PlacedFeatures, at: Point | Box, to: PlacedFeatures): Float32Array {
  requirePatches('similarityMap', from);
  requirePatches('similarityMap', to, from.dim);
  const { dim } = to;
  const cosines = cosinesWith(unitRows(directionAt(from, at), dim), to);
  if (!cosines.every(Number.isFinite)) for (const each of [from, to]) requireFinite('similarityMap', each);
  return fillPadding(cosines, to.grid, least);
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b));
}

/** [N]: in one pass over the features, so that a map follows a pointer. */
function cosinesWith(query: Float32Array, { features, dim, grid }: PlacedFeatures): Float32Array {
  const cosines = new Float32Array(grid.size);
  for (let patch = 0; patch < cosines.length; patch++) {
    let product = 0;
    let square = 0;
    for (let d = 0, at = patch * dim; d < dim; d++, at++) {
      const value = features[at]!;
      product += query[d]! * value;
      square += value * value;
    }
    cosines[patch] = square === 0 ? 0 : product / Math.sqrt(square);
  }
  return cosines;
}

/** [dim]: the features at a point, or the mean direction of those in a box. */
function directionAt({ features, dim, grid }: PlacedFeatures, at: Point | Box): Float32Array {
  const rowOf = (patch: number) => features.subarray(patch * dim, (patch + 1) * dim);
  if (!('width' in at)) {
    refusePartOfBox(at);
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

/** A box under other names would be a point, and its map that of one patch. */
function refusePartOfBox(at: Point): void {
  if (!['w', 'h', 'height'].some((name) => Object.hasOwn(at, name))) return;
  throw new OptionError(
    `similarityMap: at: expected x and y, or x, y, width and height, got ${shown(at)}; write all four of a box`,
  );
}

function refuse({ x, y, width, height }: Box, at: Point | Box): never {
  const got = 'width' in at ? [at.x, at.y, at.width, at.height] : [at.x, at.y];
  throw new OptionError(
    `similarityMap: at: expected a place that the model sees, x from ${x} to below ${x + width} and y from ${y} to below ${y + height}, got ${got.map((each) => shown(each)).join(', ')}`,
  );
}
