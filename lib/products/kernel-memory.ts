/** The few memories of the kernels, which all that computes with them shares. */
import { type OpenKernels, openKernels } from './open-kernels.ts';

/** What a memory is for: the rows of a matrix, which stay from one product to the next, or what else is computed between such products. */
export type MemoryUse = 'rows' | 'workspace';

/** What is open, by WebAssembly and in JavaScript; memories are never given back by engines at once, so they are kept. */
const open = new Map<string, OpenKernels>();
const owners = new WeakMap<ArrayBuffer, object>();

/**
 * The kernels, with what an owner had in their memory, or not.
 *
 * @param owner who works with it, until the next call of anyone for the same use
 * @param bytes how much it needs; a memory that is smaller is replaced
 * @param plain whether to take the kernels in JavaScript
 */
export function borrowKernels(
  owner: object,
  bytes: number,
  plain: boolean,
  use: MemoryUse = 'rows',
): OpenKernels & { isUntouched: boolean } {
  const name = `${use} ${plain}`;
  let lent = open.get(name);
  if (lent === undefined || lent.buffer.byteLength < bytes) {
    lent = openKernels(bytes, plain);
    open.set(name, lent);
  }
  const isUntouched = owners.get(lent.buffer) === owner;
  owners.set(lent.buffer, owner);
  return { ...lent, isUntouched };
}
