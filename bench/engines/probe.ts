/** The most this processor can do with 128-bit vectors in WebAssembly. */
import { Runtime } from '../../backends/simd/runtime/runtime.ts';

/** Operations of a turn: 12 multiply-adds of four floats. */
export const OPERATIONS_PER_TURN = 96;

/** Every second block of 256 bytes is read too. */
const READ = 512;

let runtime: Runtime | undefined;
let at = 0;

/** Runs the probe of the kernels, in the build this engine would take. */
export async function probe(turns: number): Promise<void> {
  if (runtime === undefined) {
    runtime = await Runtime.create({ threads: 1 });
    at = Math.ceil(runtime.heap.allocate(2 * READ) / READ) * READ;
    runtime.heap.floats.fill(1e-3, at / 4, (at + READ) / 4);
  }
  runtime.exports.probe(at, turns);
}
