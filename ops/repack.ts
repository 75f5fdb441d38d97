/** Weights that were trained, as the current backend multiplies them fastest. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { assign } from './assign.ts';
import { copiesRows, linearWeight } from './linear-weight.ts';

/**
 * Stores the weight of a linear layer again in the backend's own layout: one that was changed lies row by row. The values stay.
 *
 * @param weight [N, K] float32; changed in place
 */
export async function repack(weight: Tensor2D): Promise<void> {
  if (!copiesRows()) return;
  const { buffer, byteOffset, byteLength } = await weight.data<'float32'>();
  const [rows] = weight.shape;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const packed = linearWeight([{ bytes, rows, dtype: 'F32' }], weight.shape);
  assign(weight, packed);
  packed.dispose();
}

/** Whether a parameter is the weight of a linear layer. */
export function isLinearWeight(name: string, { rank }: Tensor): boolean {
  return rank === 2 && name.endsWith('.weight');
}
