/** Rows of numbers, one for each image. */
import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';

/** Features or logits of images. */
export interface Rows {
  /** [n, dim] */
  readonly data: Float32Array;
  readonly dim: number;
}

/**
 * Some of the rows.
 *
 * @returns [B, dim], owned by the caller
 */
export function rowsAt({ data, dim }: Rows, indices: readonly number[]): Tensor2D {
  const rows = new Float32Array(indices.length * dim);
  for (const [i, index] of indices.entries())
    rows.set(data.subarray(index * dim, (index + 1) * dim), i * dim);
  return tensor2d(rows, [indices.length, dim]);
}
