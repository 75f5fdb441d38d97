/** Rows in blocks of whole rows, and where each lies in the memory of the kernels. */
import { multipleOf4 } from './kernels.ts';

/** Rows of so many bytes stay in the kernels' memory from one product to the next; of more, blocks go through it. */
const RESIDENT_BYTES = 2 ** 26;
/** How much of rows that do not stay is in the kernels' memory at once. */
const BLOCK_BYTES = 2 ** 20;

/** Consecutive rows. */
export interface RowBlock {
  /** [count, D] */
  readonly rows: Float32Array;
  /** how many rows came before */
  readonly start: number;
  readonly count: number;
  /** `count`, rounded up to what kernels take */
  readonly padded: number;
  /** its place in the kernels' memory, in bytes */
  readonly x: number;
}

/** All rows. */
export interface RowBlocks {
  readonly blocks: readonly RowBlock[];
  /** whether each block has a place of its own, or all have the same */
  readonly isResident: boolean;
  /** N */
  readonly count: number;
  /** `padded` of the largest block */
  readonly largest: number;
  /** what the places take */
  readonly bytes: number;
}

/**
 * Divides rows into blocks.
 *
 * @param parts each [n, D], borrowed
 */
export function rowBlocks(dim: number, parts: readonly Float32Array[]): RowBlocks {
  const rowBytes = multipleOf4(dim) * 4;
  const total = parts.reduce((sum, part) => sum + multipleOf4(part.length / dim), 0);
  const isResident = total * rowBytes <= RESIDENT_BYTES;
  const most = isResident ? total : multipleOf4(Math.ceil(BLOCK_BYTES / rowBytes));
  const blocks: RowBlock[] = [];
  let [start, x, largest] = [0, 0, 0];
  for (const part of parts) {
    const rows = part.length / dim;
    for (let at = 0; at < rows; at += most) {
      const count = Math.min(most, rows - at);
      const padded = multipleOf4(count);
      blocks.push({ rows: part.subarray(at * dim, (at + count) * dim), start, count, padded, x });
      start += count;
      largest = Math.max(largest, padded);
      if (isResident) x += padded * rowBytes;
    }
  }
  return { blocks, isResident, count: start, largest, bytes: (isResident ? total : most) * rowBytes };
}

/** Writes a block to its place, with zeros where rows and columns are padded. */
export function loadBlock({ rows, count, padded, x }: RowBlock, dim: number, buffer: ArrayBuffer): void {
  const width = multipleOf4(dim);
  const values = new Float32Array(buffer, x, padded * width);
  if (width === dim) {
    values.set(rows);
    values.fill(0, count * dim);
    return;
  }
  values.fill(0);
  for (let i = 0; i < count; i++) values.set(rows.subarray(i * dim, (i + 1) * dim), i * width);
}
