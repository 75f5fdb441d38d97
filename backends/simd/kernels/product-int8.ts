/** Products with weights of 8 bits: the inputs rounded to 16, and how the product is cut into blocks. */
import { INT8_WIDTH, type Int8Weight } from '../int8-weight.ts';
import { Job, type JobParameters } from '../job.ts';
import { LINEAR_INT8, QUANTISE_ROWS } from '../job-kinds.ts';
import type { Int8Kernel } from '../runtime/int8-kernel.ts';
import type { SimdBackend } from '../simd-backend.ts';
import * as slots from '../slots/linear-int8.ts';
import * as rowSlots from '../slots/quantise-rows.ts';
import { equalParts } from './equal-parts.ts';
import { isShared, isSharedStream } from './kernel.ts';

/** Rows of a block at most: with a part of the depth each, a quarter of a mebibyte. */
const BLOCK_ROWS = 504;
/** Quads of values of a row that are summed up at a time: a panel's part, 16 KiB in 16 bits, stays in the first-level cache. */
const BLOCK_QUADS = 128;
/** Panels of an item at most. */
const MOST_PANELS_PER_ITEM = 4;
/** Items a thread should find, so that none waits long for another. */
const ITEMS_PER_THREAD = 6;
/** Bytes of panels that are brought into the memory at a time, where a weight is kept outside. */
const VISIT = 4 * 2 ** 20;

/** What the largest magnitude of a row of inputs becomes, by the kernel: whole numbers of 16 bits, or of 14 split in two. */
const LARGEST_INPUT: Record<Int8Kernel, number> = { i16: 2 ** 15 - 1, split: 2 ** 13 - 1 };

const QUANTISE_ROWS_JOB = new Job(QUANTISE_ROWS, rowSlots);
const LINEAR_INT8_JOB = new Job(LINEAR_INT8, slots);

/** The product C = epilogue(A · W + bias), A float32 without gaps; `slots/linear-int8.ts` says what each number is. */
export type Int8Product = Pick<
  JobParameters<typeof slots>,
  'a' | 'M' | 'bias' | 'epilogue' | 'residual' | 'scale' | 'c'
>;

/** Runs one product. */
export function multiplyInt8(backend: SimdBackend, weight: Int8Weight, product: Int8Product): void {
  const { runtime } = backend;
  const { heap, int8Kernel, threads } = runtime;
  const { M, bias, epilogue, residual, scale, c } = product;
  const { inputs: K, outputs } = weight;
  const rowOfA = Math.ceil(K / 8) * 16;
  const a = heap.allocate(M * rowOfA);
  const aScales = heap.allocate(M * 4);
  const isSplit = int8Kernel === 'split' ? 1 : 0;
  const largest = Math.min(LARGEST_INPUT[int8Kernel], Math.floor(weight.largestInput));
  const rows = { x: product.a, rows: M, width: K, y: a, rowOfY: rowOfA, scales: aScales, isSplit, largest };
  runtime.run(QUANTISE_ROWS_JOB, rows, isSharedStream(backend, M * K));

  const quads = Math.ceil(K / 4);
  const blockRows = equalParts(M, BLOCK_ROWS, 2);
  const blockQuads = equalParts(quads, BLOCK_QUADS, 4);
  const strips = blockQuads * 128;
  // tiles are written whole, so there is room for one more row
  const stripBytes = (blockRows + 1) * 64;
  weight.panels.visit(VISIT, (panels, first, N) => {
    const share = (Math.ceil(N / INT8_WIDTH) * Math.ceil(M / blockRows)) / (threads * ITEMS_PER_THREAD);
    const chunk = Math.max(1, Math.min(MOST_PANELS_PER_ITEM, Math.floor(share)));
    const scratch = runtime.scratch(strips + chunk * stripBytes);
    const at = (address: number): number => address && address + first * 4;
    // written out, as engines are slow to spread so many properties
    const parameters = {
      a,
      rowOfA,
      aScales,
      isSplit,
      M,
      quads,
      panels,
      wScales: at(weight.scales),
      offsets: at(weight.offsets),
      N,
      bias: at(bias),
      epilogue,
      residual: at(residual),
      scale: at(scale),
      c: at(c),
      rowOfC: outputs * 4,
      blockRows,
      blockQuads,
      chunk,
      scratch: scratch.address,
      scratchStride: scratch.stride,
      strips,
      stripBytes,
    };
    runtime.run(LINEAR_INT8_JOB, parameters, isShared(backend, M * quads * 4 * N));
  });
  heap.release(aScales);
  heap.release(a);
}
