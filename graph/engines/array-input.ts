/** Values from outside of TF.js, as the input of a graph. */
import { type Bytes, bytesOf, isBuffer } from '../../bytes/bytes-of.ts';
import { isFloat32Array, isInt32Array, plainArray } from '../../bytes/plain-array.ts';
import { tagOf } from '../../bytes/tag-of.ts';
import { OptionError } from '../../errors/errors.ts';
import { elementCount } from '../../shapes/element-count.ts';
import type { EngineArray } from './engine.ts';

/** An input outside of TF.js, such as an image processor returns. */
export interface ArrayInput {
  /** row-major; truth values and bytes are a `Uint8Array`, or any other bytes in memory */
  readonly data: Float32Array | Int32Array | Bytes;
  readonly shape: readonly number[];
}

/**
 * Checks an input, and tells its dtype.
 *
 * @param name of the input, for messages
 * @param dtype what the input has to be, which tells truth values from bytes
 * @returns the same values, copied where their memory is shared
 * @throws OptionError if it is no such array, or has more or fewer values than its shape says
 */
export function arrayOfData(
  name: string,
  given: ArrayInput | undefined,
  dtype: EngineArray['dtype'],
): EngineArray {
  const { data, shape } = given ?? {};
  const size = Array.isArray(shape) ? elementCount(shape) : -1;
  const values = data === undefined ? undefined : plainValues(data, name);
  if (values === undefined || shape === undefined || size !== values.length) {
    const got = given === undefined || data === undefined ? typeof given : tagOf(data);
    throw new OptionError(
      `run: ${name}: expected a tensor, or {data, shape} with as many values as the shape says, got ${got}${values === undefined ? '' : ` of ${values.length}`}`,
    );
  }
  if (values instanceof Float32Array) return { data: values, shape, dtype: 'float32' };
  if (values instanceof Int32Array) return { data: values, shape, dtype: 'int32' };
  return { data: values, shape, dtype: dtype === 'bool' ? 'bool' : 'uint8' };
}

/** The values in an array that every engine takes; undefined if they are of a kind that no graph takes. */
function plainValues(
  data: ArrayInput['data'],
  name: string,
): Float32Array | Int32Array | Uint8Array | undefined {
  if (isFloat32Array(data)) return plainArray(Float32Array, data);
  if (isInt32Array(data)) return plainArray(Int32Array, data);
  const isBytes = ['Uint8Array', 'Uint8ClampedArray', 'DataView'].includes(tagOf(data)) || isBuffer(data);
  return isBytes ? plainArray(Uint8Array, bytesOf(data, `run: ${name}`)) : undefined;
}
