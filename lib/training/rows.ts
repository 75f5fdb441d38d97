/** Rows of numbers, one for each image. */
import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { gatherRows } from '../learning/gather-rows.ts';

/** Features or logits of images. */
export interface Rows {
  /** [n, dim] */
  readonly data: Float32Array;
  readonly dim: number;
}

/**
 * All rows.
 *
 * @returns [n, dim], owned by the caller
 */
export function allRows({ data, dim }: Rows): Tensor2D {
  return tensor2d(data, [data.length / dim, dim]);
}

/**
 * Some of the rows.
 *
 * @returns [B, dim], owned by the caller
 */
export function rowsAt({ data, dim }: Rows, indices: readonly number[]): Tensor2D {
  return tensor2d(gatherRows(data, dim, indices), [indices.length, dim]);
}
