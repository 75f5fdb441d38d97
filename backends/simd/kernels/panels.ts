/** The panels of a matrix: those its weight was packed into, or some made for the occasion. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { dimensions } from '../../../shapes/dimensions.ts';
import { Job } from '../job.ts';
import { FORMAT_F32, PACK_MATRIX, TRANSPOSE_PANELS } from '../job-kinds.ts';
import type { SimdBackend } from '../simd-backend.ts';
import * as slots from '../slots/pack-matrix.ts';
import * as transposeSlots from '../slots/transpose-panels.ts';
import { FORMATS } from '../weight-formats.ts';
import { isSharedStream } from './kernel.ts';

const PACK_MATRIX_JOB = new Job(PACK_MATRIX, slots);
const TRANSPOSE_PANELS_JOB = new Job(TRANSPOSE_PANELS, transposeSlots);

/** Bytes of panels that are brought into the memory at a time, where a weight is kept outside. */
const VISIT = 16 * 2 ** 20;

/** What is done with panels, given their address, their format, and which outputs they are of. */
export type PanelVisit = (panels: number, format: number, firstOutput: number, outputs: number) => void;

/** A float32 matrix in the memory, row-major. */
export interface Matrix {
  address: number;
  /** K */
  depth: number;
  /** N */
  columns: number;
  /** whether it lies as [N, K], else as [K, N] */
  transposed: boolean;
}

/** Runs `visit` for a weight's panels, a range of outputs at a time where they are kept outside of the memory. */
export function visitPanels(backend: SimdBackend, weight: TensorInfo, visit: PanelVisit): void {
  const packed = backend.packed(weight);
  if (packed === undefined) {
    const [columns, depth] = dimensions(weight.shape, 2, 'weight');
    visitMatrix(backend, { address: backend.resident(weight), depth, columns, transposed: true }, visit);
    return;
  }
  const format = FORMATS[packed.format];
  packed.panels.visit(VISIT, (address, first, outputs) => visit(address, format, first, outputs));
}

/** Runs `visit` for all panels [⌈N/8⌉][K][8] of a matrix, which are made for it. */
export function visitMatrix(
  backend: SimdBackend,
  { address, depth, columns, transposed }: Matrix,
  visit: PanelVisit,
): void {
  const { heap } = backend.runtime;
  const panels = heap.allocate(Math.ceil(columns / 8) * 32 * depth);
  const parameters = { matrix: address, K: depth, N: columns, panels, transposed: transposed ? 1 : 0 };
  backend.runtime.run(PACK_MATRIX_JOB, parameters, isSharedStream(backend, depth * columns));
  visit(panels, FORMAT_F32, 0, columns);
  heap.release(panels);
}

/** Runs `visit` for all panels [⌈K/8⌉][N][8] of the transposed of a packed weight that is inside; they are made for it. */
export function visitTransposed(backend: SimdBackend, weight: TensorInfo, visit: PanelVisit): void {
  const { heap } = backend.runtime;
  const packed = backend.packed(weight);
  const panels = packed?.panels.address;
  if (packed === undefined || panels === undefined) throw new Error('internal: no panels to transpose');
  const { inputs, outputs, format } = packed;
  const to = heap.allocate(Math.ceil(inputs / 8) * 32 * outputs);
  const parameters = { panels, format: FORMATS[format], K: inputs, N: outputs, to };
  backend.runtime.run(TRANSPOSE_PANELS_JOB, parameters, isSharedStream(backend, inputs * outputs));
  visit(to, FORMAT_F32, 0, inputs);
  heap.release(to);
}
