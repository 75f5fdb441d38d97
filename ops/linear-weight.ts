/** The weight of a linear layer, stored the way the current backend multiplies fastest. */
import { backend, type DataId, engine, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';

/** The number formats a weight may arrive in. */
export type WeightDtype = 'F32' | 'F16' | 'BF16';

/** Some rows of a weight, as a checkpoint holds them: little-endian, row-major, `rows` × K values. */
export interface WeightRows {
  bytes: Uint8Array;
  dtype: WeightDtype;
  rows: number;
}

/** A backend that keeps weights in a layout of its own, written straight from the checkpoint's bytes. */
export interface LinearWeightBackend {
  /**
   * Stores a weight of shape [N, K] in the backend's layout; reading the tensor gives the row-major values.
   *
   * @param parts the rows in order; their counts add up to N
   * @param shape [N, K]
   */
  writeLinearWeight(parts: readonly WeightRows[], shape: readonly [number, number]): DataId;
}

function isLinearWeightBackend(candidate: object): candidate is LinearWeightBackend {
  return 'writeLinearWeight' in candidate;
}

/**
 * Makes the weight of a linear layer from rows of a checkpoint.
 *
 * @param parts the rows in order, as the file holds them; their counts add up to N
 * @param shape [N, K]: N outputs, K inputs, as PyTorch's `nn.Linear` stores them
 * @param widen float32 values of some rows; called only where the backend has no layout of its own
 * @returns [N, K] float32, owned by the caller
 */
export function linearWeight(
  parts: readonly WeightRows[],
  shape: readonly [number, number],
  widen: (rows: WeightRows) => Float32Array,
): Tensor2D {
  const current = backend();
  if (isLinearWeightBackend(current)) {
    const dataId = current.writeLinearWeight(parts, shape);
    const [outputs, inputs] = shape;
    return engine().makeTensorFromDataId(dataId, [outputs, inputs], 'float32', current) as Tensor2D;
  }
  return tensor2d(joinRows(parts, shape[0] * shape[1], widen), [...shape]);
}

/**
 * The values of rows, one part after the other.
 *
 * @param size how many there are in all
 * @returns what `widen` gives where there is one part
 */
export function joinRows(
  parts: readonly WeightRows[],
  size: number,
  widen: (rows: WeightRows) => Float32Array,
): Float32Array {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return widen(first);
  const values = new Float32Array(size);
  let offset = 0;
  for (const part of parts) {
    const widened = widen(part);
    values.set(widened, offset);
    offset += widened.length;
  }
  return values;
}
