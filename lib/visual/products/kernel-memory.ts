/** The one memory of the kernels, which all that computes with them shares. */
import { type OpenKernels, openKernels } from './open-kernels.ts';

/** What is open, by WebAssembly and in JavaScript; memories are never given back by engines at once, so one is kept. */
const open: { wasm?: OpenKernels; plain?: OpenKernels } = {};
const owners = new WeakMap<ArrayBuffer, object>();

/**
 * The kernels, with what an owner had in their memory, or not.
 *
 * @param owner who works with it, until the next call of anyone
 * @param bytes how much it needs; a memory that is smaller is replaced
 * @param plain whether to take the kernels in JavaScript
 */
export function borrowKernels(
  owner: object,
  bytes: number,
  plain: boolean,
): OpenKernels & { isUntouched: boolean } {
  const name = plain ? 'plain' : 'wasm';
  let lent = open[name];
  if (lent === undefined || lent.buffer.byteLength < bytes) {
    lent = openKernels(bytes, plain);
    open[name] = lent;
  }
  const isUntouched = owners.get(lent.buffer) === owner;
  owners.set(lent.buffer, owner);
  return { ...lent, isUntouched };
}
