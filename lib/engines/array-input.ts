/** Values from outside of TF.js, as the input of a graph. */
import { OptionError } from '../../errors/errors.ts';
import type { EngineArray } from './engine.ts';

/** An input outside of TF.js, such as an image processor returns. */
export interface ArrayInput {
  /** row-major; truth values and bytes are a `Uint8Array` */
  readonly data: Float32Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
}

/**
 * Checks an input, and tells its dtype.
 *
 * @param name of the input, for messages
 * @param dtype what the input has to be, which tells truth values from bytes
 * @throws OptionError if it is no such array, or has more or fewer values than its shape says
 */
export function arrayOfData(
  name: string,
  given: ArrayInput | undefined,
  dtype: EngineArray['dtype'],
): EngineArray {
  const { data, shape } = given ?? {};
  const size = Array.isArray(shape)
    ? shape.reduce((product: number, length: number) => product * length, 1)
    : -1;
  const found =
    data instanceof Float32Array
      ? 'float32'
      : data instanceof Int32Array
        ? 'int32'
        : data instanceof Uint8Array
          ? 'bytes'
          : undefined;
  if (data === undefined || shape === undefined || found === undefined || size !== data.length) {
    throw new OptionError(
      `run: ${name}: expected a tensor, or {data, shape} with as many values as the shape says, got ${found ?? typeof given}`,
    );
  }
  const isByteWide = dtype === 'bool' || dtype === 'uint8';
  return { data, shape, dtype: found !== 'bytes' ? found : isByteWide ? dtype : 'uint8' };
}
