/** One product with a matrix in panels: how it is cut into blocks. */
import { FORMAT_F32, LINEAR } from '../job-kinds.ts';
import type { SimdBackend } from '../simd-backend.ts';
import { isShared } from './kernel.ts';

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
