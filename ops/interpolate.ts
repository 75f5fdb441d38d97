/** Separable resampling of a grid of vectors. */
import { matMul, reshape, type Tensor3D, tensor2d, tidy, transpose } from '@tensorflow/tfjs-core';

/**
 * Resamples a grid along both axes: out = Wh · x · Wwᵀ for every channel.
 *
 * Columns are resampled first and rows second, the order of ATen's kernels.
 *
 * @param grid [h, w, D] float32
 * @param rowWeights [h', h] row-major
 * @param columnWeights [w', w] row-major
 * @returns [h', w', D], owned by the caller
 */
export function interpolateGrid(
  grid: Tensor3D,
  rowWeights: Float32Array,
  columnWeights: Float32Array,
): Tensor3D {
  const [h, w, D] = grid.shape;
  const newHeight = rowWeights.length / h;
  const newWidth = columnWeights.length / w;
  return tidy(() => {
    const byColumn = reshape(transpose(grid, [1, 0, 2]), [w, h * D]);
    const widened = matMul(tensor2d(columnWeights, [newWidth, w]), byColumn);
    // [w', h·D] → [h, w'·D]
    const byRow = reshape(transpose(reshape(widened, [newWidth, h, D]), [1, 0, 2]), [h, newWidth * D]);
    return reshape(matMul(tensor2d(rowWeights, [newHeight, h]), byRow), [newHeight, newWidth, D]);
  });
}
