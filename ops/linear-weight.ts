/** The weight of a linear layer, stored the way the current backend multiplies fastest. */
import { backend, type DataId, engine, type Tensor, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { widenBfloat16, widenFloat16 } from '../bytes/half.ts';
import { quantiseRows, widenInt8Rows } from '../bytes/int8-rows.ts';
import { narrow } from '../bytes/narrow.ts';

/** The number formats a weight may arrive in, and be kept in. */
export type WeightDtype = 'F32' | 'F16' | 'BF16' | 'I8';

/** Some rows of a weight, as a checkpoint holds them: little-endian, row-major, `rows` × K values. */
export type WeightRows = {
  bytes: Uint8Array;
  rows: number;
} & (
  | { dtype: Exclude<WeightDtype, 'I8'> }
  | {
      dtype: 'I8';
      /** a weight is its integer times the scale of its row */
      scales: Float32Array;
    }
);

/**
 * What the weights of linear layers are rounded to: `f16` to 16 bits, those that a file has in bfloat16 staying so; `i8` to 8 bits
 * and one scale an output, see `quantiseRows`. What is computed with them is float32 in any case, but for the products of `i8`
 * on a backend that has kernels for them.
 */
export const PRECISIONS = ['f32', 'f16', 'i8'] as const;

/** One of `PRECISIONS`. */
export type Precision = (typeof PRECISIONS)[number];

/** Whether the linear weight of a model that has this name is rounded where a precision is asked for. */
export function isRounded(name: string): boolean {
  return name.startsWith('blocks.');
}

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

/** Rows in the dtype that a precision keeps them in; those that are in it already, as they are. */
export function roundRows(part: WeightRows, inputs: number, precision: Precision): WeightRows {
  const { dtype, rows } = part;
  if (precision === 'f32' || (precision === 'i8' && dtype === 'I8')) return part;
  if (precision === 'f16') {
    if (dtype === 'F16' || dtype === 'BF16') return part;
    return { bytes: narrow(widenRows(part), 'F16').bytes, dtype: 'F16', rows };
  }
  const { values, scales } = quantiseRows(widenRows(part), inputs);
  return { bytes: new Uint8Array(values.buffer), dtype: 'I8', scales, rows };
}

/** The float32 values of rows: a view of float32 ones, else a new array. */
export function widenRows(part: WeightRows): Float32Array {
  const { buffer, byteOffset, byteLength } = part.bytes;
  if (part.dtype === 'F32') return new Float32Array(buffer, byteOffset, byteLength / 4);
  if (part.dtype === 'I8') {
    return widenInt8Rows({ values: new Int8Array(buffer, byteOffset, byteLength), scales: part.scales });
  }
  const bits = new Uint16Array(buffer, byteOffset, byteLength / 2);
  return part.dtype === 'F16' ? widenFloat16(bits) : widenBfloat16(bits);
}

/**
 * The float32 values of rows, one part after the other.
 *
 * @param size how many there are in all
 * @returns what `widenRows` gives where there is one part
 */
export function joinRows(parts: readonly WeightRows[], size: number): Float32Array {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return widenRows(first);
  const values = new Float32Array(size);
  let offset = 0;
  for (const part of parts) {
    const widened = widenRows(part);
    values.set(widened, offset);
    offset += widened.length;
  }
  return values;
}
