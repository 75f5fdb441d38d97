/** Sums over the tensors of a checkpoint: parameters, bytes, dtypes. */

import { elementCount } from '../shapes/element-count.ts';
import type { Checkpoint } from './checkpoint.ts';

/** Sums over all tensors. */
export interface TensorTotals {
  /** how many tensors there are */
  tensors: number;
  /** how many values they have */
  parameters: number;
  /** bytes of all values */
  bytes: number;
  /** how many tensors there are of each dtype */
  dtypes: Record<string, number>;
}

/** Sums up tensors; no value is read. */
export function tensorTotals({ tensors }: Pick<Checkpoint, 'tensors'>): TensorTotals {
  const totals: TensorTotals = { tensors: tensors.size, parameters: 0, bytes: 0, dtypes: {} };
  for (const { dtype, shape, byteLength } of tensors.values()) {
    totals.dtypes[dtype] = (totals.dtypes[dtype] ?? 0) + 1;
    totals.parameters += elementCount(shape);
    totals.bytes += byteLength;
  }
  return totals;
}
