/** Arrays of numbers as platforms and add-ons take them. */
import { isShared } from './bytes-of.ts';
import { tagOf } from './tag-of.ts';

type Values = Uint8Array | Float32Array | Int32Array;

/** The constructor of such an array. */
interface ConstructorOf<Kind> {
  new (values: ArrayLike<number>): Kind;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Kind;
}

/**
 * A typed array of this realm and of no subclass, with the same values.
 *
 * Memory that is shared between threads is copied: text decoders, streams and WebGPU in browsers, and native add-ons refuse
 * it. Nothing else is.
 *
 * @param Kind what the array is, in whichever realm
 */
export function plainArray<Kind extends Values>(Kind: ConstructorOf<Kind>, values: Kind): Kind {
  const { buffer, byteOffset, length } = values;
  return isShared(buffer) ? new Kind(values) : new Kind(buffer, byteOffset, length);
}

/** Whether a value is a Float32Array, of whichever realm. */
export function isFloat32Array(value: unknown): value is Float32Array {
  return tagOf(value) === 'Float32Array';
}

/** Whether a value is an Int32Array, of whichever realm. */
export function isInt32Array(value: unknown): value is Int32Array {
  return tagOf(value) === 'Int32Array';
}
