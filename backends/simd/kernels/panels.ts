/** The panels of a matrix: those its weight was packed into, or some made for the occasion. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { FORMAT_F32, PACK_MATRIX } from '../job-kinds.ts';
import { FORMATS, type SimdBackend } from '../simd-backend.ts';
import { isSharedStream } from './kernel.ts';

/** Bytes of panels that are brought into the memory at a time, where a weight is kept outside. */
const VISIT = 16 * 2 ** 20;

/** Runs `visit` for a weight's panels, a range of outputs at a time where they are kept outside of the memory. */
export function visitPanels(
  backend: SimdBackend,
  weight: TensorInfo,
  visit: (panels: number, format: number, firstOutput: number, outputs: number) => void,
): void {
  const { heap } = backend.runtime;
  const packed = backend.packed(weight);
  if (packed === undefined) {
    const [outputs = 0, inputs = 0] = weight.shape;
    const panels = packMatrix(backend, backend.resident(weight), inputs, outputs, true);
    visit(panels, FORMAT_F32, 0, outputs);
    heap.release(panels);
    return;
  }
  // the tensor may be a reshaped one
  const { outputs } = packed;
  const format = FORMATS[packed.format];
  if ('address' in packed.store) {
    visit(packed.store.address, format, 0, outputs);
    return;
  }
  const { outside } = packed.store;
  const step = Math.max(1, Math.floor(VISIT / packed.panelBytes)) * 8;
  const panels = heap.allocate(Math.min((step / 8) * packed.panelBytes, outside.length));
  for (let first = 0; first < outputs; first += step) {
    const from = (first / 8) * packed.panelBytes;
    heap.bytes.set(outside.subarray(from, from + (step / 8) * packed.panelBytes), panels);
    visit(panels, format, first, Math.min(step, outputs - first));
  }
  heap.release(panels);
}

/**
 * @param matrix address of [N, K] (`rowsOfColumns`) or [K, N]
 * @returns the address of its panels [⌈N/8⌉][K][8], to be released by the caller
 */
export function packMatrix(
  backend: SimdBackend,
  matrix: number,
  depth: number,
  columns: number,
  rowsOfColumns: boolean,
): number {
  const panels = backend.runtime.heap.allocate(Math.ceil(columns / 8) * 32 * depth);
  const parameters = [matrix, depth, columns, panels, rowsOfColumns ? 1 : 0];
  backend.runtime.run(PACK_MATRIX, parameters, [], isSharedStream(backend, depth * columns));
  return panels;
}
