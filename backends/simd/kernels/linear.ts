/** Products with a weight in panels. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';
import { FUSED_LINEAR } from '../../../ops/kernel-names.ts';
import {
  EPILOGUE_GELU,
  EPILOGUE_NONE,
  EPILOGUE_RESIDUAL,
  FORMAT_F32,
  LINEAR,
  PACK_MATRIX,
} from '../job-kinds.ts';
import { FORMATS, type SimdBackend } from '../simd-backend.ts';
import { input, isShared, isSharedStream, kernel } from './kernel.ts';

/** Rows of a block: with a part of the depth each, they stay in a second-level cache. */
const BLOCK_ROWS = 252;
/** Up to this many rows stay one block, so that a picture of 224 pixels is one. */
const SINGLE_BLOCK_ROWS = 324;
/**
 * Values of a row that are summed up at a time. A panel of as many, 8 KiB, stays in the first-level cache beside the
 * one that comes next; and sums of sums round less than one long sum.
 */
const BLOCK_DEPTH = 256;
/** Panels of an item at most; their strips, 8 to 11 KiB each, wait in scratch until their sums are complete. */
const MOST_PANELS_PER_ITEM = 8;
/** Items a thread should find, so that none waits long for another. */
const ITEMS_PER_THREAD = 6;
/** Bytes of panels that are brought into the memory at a time, where a weight is kept outside. */
const VISIT = 16 * 2 ** 20;

/** Addresses and sizes of one product C = epilogue(A · W + bias); see `assembly/linear.ts`. */
export interface Product {
  a: number;
  rows: number;
  inputs: number;
  /** address of the panels */
  panels: number;
  /** format of the panels */
  format: number;
  outputs: number;
  /** address, or 0 */
  bias: number;
  epilogue: number;
  residual: number;
  scale: number;
  c: number;
  /** values between the rows of C and of the residual */
  columns: number;
}

/** Runs one product. */
export function multiply(backend: SimdBackend, product: Product): void {
  const { runtime } = backend;
  const { a, rows, inputs, panels, format, outputs, bias, epilogue, residual, scale, c, columns } = product;
  const blockRows = rows <= SINGLE_BLOCK_ROWS ? rows : BLOCK_ROWS;
  const blockDepth = inputs <= BLOCK_DEPTH ? inputs : equalDepth(inputs);
  const columnPanels = Math.ceil(outputs / 8);
  const share = (columnPanels * Math.ceil(rows / blockRows)) / (runtime.threads * ITEMS_PER_THREAD);
  const chunk = Math.max(1, Math.min(MOST_PANELS_PER_ITEM, Math.floor(share)));
  const strips = chunk * (blockRows + 7) * 32;
  const widened = format === FORMAT_F32 ? 0 : blockDepth * 32;
  const scratch = runtime.scratch(widened + strips);
  runtime.run(
    LINEAR,
    [
      a,
      inputs * 4,
      rows,
      inputs,
      panels,
      format,
      outputs,
      bias,
      epilogue,
      residual,
      scale,
      c,
      columns * 4,
      blockRows,
      chunk,
      blockDepth,
      scratch.address,
      scratch.stride,
    ],
    [],
    isShared(backend, rows * inputs * outputs),
  );
}

// as few blocks as can be, equal but for rounding up to 16
function equalDepth(inputs: number): number {
  const parts = Math.ceil(inputs / BLOCK_DEPTH);
  return Math.ceil(inputs / parts / 16) * 16;
}

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

/** y = act(x Wᵀ + b), or residual + scale · (x Wᵀ + b). */
export const fusedLinear = kernel(FUSED_LINEAR, ({ backend, inputs, attrs }) => {
  const x = input(inputs, 'x');
  const weight = input(inputs, 'weight');
  const [outputs = 0, depth = 0] = weight.shape;
  const rows = util.sizeFromShape(x.shape) / depth;
  const { residual, scale, bias } = inputs;
  const plain = attrs.activation === 'gelu' ? EPILOGUE_GELU : EPILOGUE_NONE;
  const from = backend.resident(x);
  const addresses = {
    bias: bias === undefined ? 0 : backend.resident(bias),
    residual: residual === undefined ? 0 : backend.resident(residual),
    scale: scale === undefined ? 0 : backend.resident(scale),
  };
  const { info, address } = backend.makeResident([...x.shape.slice(0, -1), outputs]);
  if (rows === 0) return info;
  visitPanels(backend, weight, (panels, format, first, count) => {
    const offset = first * 4;
    multiply(backend, {
      a: from,
      rows,
      inputs: depth,
      panels,
      format,
      outputs: count,
      bias: addresses.bias && addresses.bias + offset,
      epilogue: residual === undefined ? plain : EPILOGUE_RESIDUAL,
      residual: addresses.residual && addresses.residual + offset,
      scale: addresses.scale && addresses.scale + offset,
      c: address + offset,
      columns: outputs,
    });
  });
  return info;
});
