/** The element types of checkpoint tensors, by their safetensors names. */

/** Bytes per element of each safetensors dtype this library reads. */
export const DTYPE_BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;

/** A safetensors dtype name. */
export type Dtype = keyof typeof DTYPE_BYTES;

/** Whether `name` is a dtype this library reads. */
export function isDtype(name: string): name is Dtype {
  return Object.hasOwn(DTYPE_BYTES, name);
}

const FLOATS: readonly Dtype[] = ['F64', 'F32', 'F16', 'BF16'];

/** Whether a dtype is of floating-point values. */
export function isFloat(dtype: Dtype): boolean {
  return FLOATS.includes(dtype);
}
