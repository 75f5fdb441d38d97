/** One product with a matrix in panels: how it is cut into blocks. */
import { Job, type JobParameters } from '../job.ts';
import { FORMAT_F32, LINEAR } from '../job-kinds.ts';
import type { SimdBackend } from '../simd-backend.ts';
import * as slots from '../slots/linear.ts';
import { equalParts } from './equal-parts.ts';
import { isShared } from './kernel.ts';

/** Rows of a block at most: with a part of the depth each, half a mebibyte, they stay in a second-level cache. */
const BLOCK_ROWS = 504;
/** Rows are taken in tiles of four. */
const TILE_ROWS = 4;
/**
 * Values of a row that are summed up at a time. A panel of as many, 8 KiB, stays in the first-level cache beside the
 * one that comes next; and sums of sums round less than one long sum.
 */
const BLOCK_DEPTH = 256;
/** Panels of an item at most; their strips, 8 to 16 KiB each, wait in scratch until their sums are complete. */
const MOST_PANELS_PER_ITEM = 8;
/** Items a thread should find, so that none waits long for another. */
const ITEMS_PER_THREAD = 6;

const LINEAR_JOB = new Job(LINEAR, slots);

/** One product C = epilogue(A · W + bias), A without gaps; `slots/linear.ts` says what each number is. */
export type Product = Pick<
  JobParameters<typeof slots>,
  'a' | 'M' | 'K' | 'panels' | 'format' | 'N' | 'bias' | 'epilogue' | 'residual' | 'scale' | 'c' | 'rowOfC'
>;

/**
 * Runs one product.
 *
 * @param mostDepth values of a row that are summed up at a time, at most
 */
export function multiply(backend: SimdBackend, product: Product, mostDepth = BLOCK_DEPTH): void {
  const { runtime } = backend;
  const { a, M, K, panels, format, N, bias, epilogue, residual, scale, c, rowOfC } = product;
  const blockRows = equalParts(M, BLOCK_ROWS, TILE_ROWS);
  const blockDepth = equalParts(K, mostDepth, 16);
  const share = (Math.ceil(N / 8) * Math.ceil(M / blockRows)) / (runtime.threads * ITEMS_PER_THREAD);
  const chunk = Math.max(1, Math.min(MOST_PANELS_PER_ITEM, Math.floor(share)));
  const strips = format === FORMAT_F32 ? 0 : blockDepth * 32;
  // tiles are written whole, so a strip has room for up to 3 more rows
  const stripBytes = (blockRows + 3) * 32;
  const scratch = runtime.scratch(strips + chunk * stripBytes);
  // written out, as engines are slow to spread so many properties
  const parameters = {
    a,
    rowOfA: K * 4,
    M,
    K,
    panels,
    format,
    N,
    bias,
    epilogue,
    residual,
    scale,
    c,
    rowOfC,
    blockRows,
    blockDepth,
    chunk,
    scratch: scratch.address,
    scratchStride: scratch.stride,
    strips,
    stripBytes,
  };
  runtime.run(LINEAR_JOB, parameters, isShared(backend, M * K * N));
}
