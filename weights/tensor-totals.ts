/** Sums over the tensors of a checkpoint: parameters, bytes, dtypes. */

import { elementCount } from '../shapes/element-count.ts';
import type { Checkpoint } from './checkpoint.ts';
import { weightOfScale } from './int8-weight.ts';

/** Sums over all tensors. */
export interface TensorTotals {
  /** how many tensors there are */
  tensors: number;
  /** how many values they have, but for the scales of weights in 8 bits */
  parameters: number;
  /** bytes of all values */
  bytes: number;
  /** how many tensors there are of each dtype */
  dtypes: Record<string, number>;
}

/** Sums up tensors; no value is read. */
export function tensorTotals({ tensors }: Pick<Checkpoint, 'tensors'>): TensorTotals {
  const totals: TensorTotals = { tensors: tensors.size, parameters: 0, bytes: 0, dtypes: {} };
  for (const [name, { dtype, shape, byteLength }] of tensors) {
    totals.dtypes[dtype] = (totals.dtypes[dtype] ?? 0) + 1;
    if (weightOfScale(name) === undefined) totals.parameters += elementCount(shape);
    totals.bytes += byteLength;
  }
  return totals;
}
