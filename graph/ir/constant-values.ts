/** Values of TF.js's tensors as those of constants. */
import type { backend_util } from '@tensorflow/tfjs-core';
import type { ConstantValues, GraphDtype } from '../../ops/operation.ts';

/** The arrays that hold values of each dtype. */
export const CONSTANT_ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** The values of a tensor as its dtype has them: TF.js casts to a wider dtype without touching them. */
export function constantValues(values: backend_util.BackendValues, dtype: GraphDtype): ConstantValues {
  const Values = CONSTANT_ARRAYS[dtype];
  // no subclass: of a Buffer, slice() would be a view of the same memory
  if (values instanceof Values && values.constructor === Values) return values;
  return Values.from(values as backend_util.TypedArray);
}
