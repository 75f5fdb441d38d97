/** Downloading results. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { ShapeError } from '../../errors/errors.ts';

/**
 * The values of a float32 tensor.
 *
 * @param tensor any shape; borrowed
 * @returns row-major values, owned by the caller
 */
export async function readFloat32(tensor: Tensor): Promise<Float32Array> {
  if (tensor.dtype !== 'float32') throw new ShapeError(`readFloat32: expected float32, got ${tensor.dtype}`);
  return tensor.data<'float32'>();
}

/**
 * The rows of a matrix, which is disposed.
 *
 * @param matrix [B, D] float32
 * @returns B arrays of D values, owned by the caller
 */
export async function rowsOf(matrix: Tensor2D): Promise<Float32Array[]> {
  try {
    const [B, D] = matrix.shape;
    const values = await readFloat32(matrix);
    return Array.from({ length: B }, (_, i) => values.slice(i * D, (i + 1) * D));
  } finally {
    matrix.dispose();
  }
}
