/** Bytes of callers as a plain `Uint8Array`, whatever holds them. */
import { OptionError } from '../errors/errors.ts';
import { shown } from '../errors/shown.ts';
import { tagOf } from './tag-of.ts';

/** Bytes in memory: a `Uint8Array` or Node `Buffer`, any other view, or a whole buffer, shared or not. */
export type Bytes = ArrayBufferView | ArrayBufferLike;

/**
 * The bytes as a plain `Uint8Array` over the same memory, from wherever they begin in it.
 *
 * A Node `Buffer` is a `Uint8Array` whose `slice()` is a view of the memory around it; of what this returns, `slice()`
 * is a copy with a buffer of its own. Everything that takes bytes from a caller takes them through here.
 *
 * @param value nothing is copied; of a view of wider numbers, such as a `Float32Array`, these are its bytes
 * @param where the caller, for the error message
 * @throws OptionError if it holds no bytes, or no longer
 */
export function bytesOf(value: Bytes, where: string): Uint8Array {
  const given: unknown = value;
  const expected = `${where}: expected a Uint8Array or an ArrayBuffer`;
  try {
    if (ArrayBuffer.isView(given)) return new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
    if (isBuffer(given)) return new Uint8Array(given);
  } catch (cause) {
    throw new OptionError(`${expected}, got one whose memory was given away, as to a worker; pass a copy`, {
      cause,
    });
  }
  throw new OptionError(`${expected}, got ${shown(given)}`);
}

/** Whether a value is a whole buffer; one of another realm, such as a frame's or a worker's, is told by its tag. */
export function isBuffer(value: unknown): value is ArrayBufferLike {
  return tagOf(value) === 'ArrayBuffer' || isShared(value);
}

/** Whether a value is memory that other threads can change. */
export function isShared(value: unknown): value is SharedArrayBuffer {
  return tagOf(value) === 'SharedArrayBuffer';
}
