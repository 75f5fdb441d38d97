/** The same bytes in every kind of memory that callers have. */
import type { Bytes } from '../bytes-of.ts';

/** Bytes in a larger memory that are not those wanted. */
const AROUND = 0xff;
/** A multiple of no word. */
const OFFSET = 5;

/** What holds bytes, by its name, and a function that puts bytes in. */
export const KINDS_OF_BYTES: readonly (readonly [string, (bytes: Uint8Array) => Bytes])[] = [
  ['a Buffer in the middle of another', (bytes) => Buffer.from(amid(bytes).buffer, OFFSET, bytes.length)],
  ['a Buffer of the pool', pooled],
  ['an unaligned subarray', (bytes) => amid(bytes).subarray(OFFSET, OFFSET + bytes.length)],
  ['a view of shared memory', (bytes) => shared(bytes).subarray(OFFSET, OFFSET + bytes.length)],
  ['an ArrayBuffer', (bytes) => new Uint8Array(bytes).buffer],
];

function amid(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const memory = new Uint8Array(bytes.length + 2 * OFFSET).fill(AROUND);
  memory.set(bytes, OFFSET);
  return memory;
}

function shared(bytes: Uint8Array): Uint8Array {
  const memory = new Uint8Array(new SharedArrayBuffer(bytes.length + 2 * OFFSET));
  memory.set(amid(bytes));
  return memory;
}

/** As `readFileSync` reads small files: one after the other in the same memory. */
function pooled(bytes: Uint8Array): Buffer {
  const other = Uint8Array.from(bytes, (byte) => AROUND - byte);
  return Buffer.concat([other, bytes]).subarray(bytes.length);
}
