/** How long the features of patches are. */

import { RowMatrix } from '../../products/row-matrix.ts';
import { type PatchMatrix, requireFinite, requirePatches } from '../patch-matrix.ts';

/**
 * The Euclidean length of each patch's features, summed in float64. The norms of tokens before the final norm (`applyLayernorm: false`) tell
 * patches that hold what the model keeps for itself from those that say what is there.
 *
 * @returns [N]
 * @throws ShapeError if there are no patches; OptionError if a value is not finite
 */
export function tokenNorms(matrix: PatchMatrix): Float32Array {
  requirePatches('tokenNorms', matrix);
  const { features, dim } = matrix;
  const squares = new RowMatrix(dim, [features]).distances(new Float64Array(dim));
  if (!squares.every(Number.isFinite)) requireFinite('tokenNorms', matrix);
  return Float32Array.from(squares, Math.sqrt);
}
