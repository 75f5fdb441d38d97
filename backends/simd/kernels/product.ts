/** One product with a matrix in panels: how it is cut into blocks. */
import { FORMAT_F32, LINEAR } from '../job-kinds.ts';
import type { SimdBackend } from '../simd-backend.ts';
import { isShared } from './kernel.ts';

/** Rows of a block at most: with a part of the depth each, half a mebibyte, they stay in a second-level cache. */
const BLOCK_ROWS = 504;
/** Rows are taken in tiles of six with relaxed SIMD, of four without. */
const TILE_ROWS = 6;
/**
 * Values of a row that are summed up at a time. A panel of as many, 8 KiB, stays in the first-level cache beside the
 * one that comes next; and sums of sums round less than one long sum.
 */
const BLOCK_DEPTH = 256;
/** Panels of an item at most; their strips, 8 to 16 KiB each, wait in scratch until their sums are complete. */
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
  const blockRows = equalParts(rows, BLOCK_ROWS, TILE_ROWS);
  const blockDepth = equalParts(inputs, BLOCK_DEPTH, 16);
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

/** The size of parts as few as can be, equal but for rounding up to a multiple; the whole where it fits. */
function equalParts(whole: number, most: number, multiple: number): number {
  if (whole <= most) return whole;
  const parts = Math.ceil(whole / most);
  return Math.ceil(whole / parts / multiple) * multiple;
}
