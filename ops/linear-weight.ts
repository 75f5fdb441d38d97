/** The weight of a linear layer, stored the way the current backend multiplies fastest. */
import { backend, type DataId, engine, type Tensor, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import type { Precision } from './precision.ts';
import { joinRows, roundRows, type WeightRows } from './weight-rows.ts';

/** A backend that keeps weights in a layout of its own, written straight from the checkpoint's bytes. */
export interface LinearWeightBackend {
  /**
   * Stores a weight of shape [N, K] in the backend's layout; reading the tensor gives the row-major values.
   *
   * @param parts the rows in order; their counts add up to N
   * @param shape [N, K]
   * @param precision what the values are rounded to
   */
  writeLinearWeight(
    parts: readonly WeightRows[],
    shape: readonly [number, number],
    precision: Precision,
  ): DataId;

  /**
   * Bytes that the values of a tensor take as this backend keeps them.
   *
   * @returns undefined for what is kept as plain values
   */
  bytesOfWeight(dataId: DataId): number | undefined;
}

function isLinearWeightBackend(candidate: object): candidate is LinearWeightBackend {
  return 'writeLinearWeight' in candidate;
}

/** Whether the current backend copies the rows that `linearWeight` is given; elsewhere a tensor may go on using them. */
export function copiesRows(): boolean {
  return isLinearWeightBackend(backend());
}

/**
 * Makes the weight of a linear layer from rows of a checkpoint.
 *
 * @param parts the rows in order, as the file holds them; their counts add up to N
 * @param shape [N, K]: N outputs, K inputs, as PyTorch's `nn.Linear` stores them
 * @param precision what the values are rounded to; default: `i8` where they are in 8 bits, else `f32`
 * @returns [N, K] float32 as it is read, owned by the caller; a backend without a layout of its own keeps the rounded values
 *   in float32
 */
export function linearWeight(
  parts: readonly WeightRows[],
  [outputs, inputs]: readonly [number, number],
  precision: Precision = precisionOf(parts),
): Tensor2D {
  const current = backend();
  if (isLinearWeightBackend(current)) {
    const dataId = current.writeLinearWeight(parts, [outputs, inputs], precision);
    return engine().makeTensorFromDataId(dataId, [outputs, inputs], 'float32', current) as Tensor2D;
  }
  const rounded = parts.map((part) => roundRows(part, inputs, precision));
  return tensor2d(joinRows(rounded, outputs * inputs), [outputs, inputs]);
}

/** Bytes that the values of a tensor take on the current backend. */
export function storedBytes({ dataId, size }: Pick<Tensor, 'dataId' | 'size'>): number {
  const current = backend();
  return (isLinearWeightBackend(current) ? current.bytesOfWeight(dataId) : undefined) ?? 4 * size;
}

/** The precision of rows as they are. */
function precisionOf(parts: readonly WeightRows[]): Precision {
  return parts.length > 0 && parts.every(({ dtype }) => dtype === 'I8') ? 'i8' : 'f32';
}
