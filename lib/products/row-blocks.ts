/** Rows in blocks of whole rows, and where each lies in the memory of the kernels. */
import { multipleOf4 } from './kernels.ts';

/** Rows of so many bytes stay in the kernels' memory from one product to the next; of more, blocks go through it. */
const RESIDENT_BYTES = 2 ** 26;
/** How much of rows that do not stay is in the kernels' memory at once. */
const BLOCK_BYTES = 2 ** 20;

/** Some rows of a matrix. */
export interface RowSelection {
  /** [n, D] */
  readonly rows: Float32Array;
  /** which of the rows, in this order; default all */
  readonly places?: Int32Array | undefined;
}

/** Consecutive rows of a selection. */
export interface RowBlock extends RowSelection {
  /** how many rows of all selections came before */
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
 * @param parts borrowed
 */
export function rowBlocks(dim: number, parts: readonly RowSelection[]): RowBlocks {
  const rowBytes = multipleOf4(dim) * 4;
  const total = parts.reduce((sum, part) => sum + multipleOf4(countOf(part, dim)), 0);
  const isResident = total * rowBytes <= RESIDENT_BYTES;
  const most = isResident ? total : multipleOf4(Math.ceil(BLOCK_BYTES / rowBytes));
  const blocks: RowBlock[] = [];
  let [start, x, largest] = [0, 0, 0];
  for (const part of parts) {
    const ofPart = countOf(part, dim);
    for (let at = 0; at < ofPart; at += most) {
      const count = Math.min(most, ofPart - at);
      const padded = multipleOf4(count);
      const places = part.places?.subarray(at, at + count);
      const rows = places === undefined ? part.rows.subarray(at * dim, (at + count) * dim) : part.rows;
      blocks.push({ rows, places, start, count, padded, x });
      start += count;
      largest = Math.max(largest, padded);
      if (isResident) x += padded * rowBytes;
    }
  }
  return { blocks, isResident, count: start, largest, bytes: (isResident ? total : most) * rowBytes };
}

/** How many rows a selection has. */
export function countOf({ rows, places }: RowSelection, dim: number): number {
  return places?.length ?? rows.length / dim;
}

/** Where row i of a selection begins. */
export function offsetOf({ places }: RowSelection, i: number, dim: number): number {
  return (places?.[i] ?? i) * dim;
}

/** Writes a block to its place, with zeros where rows and columns are padded. */
export function loadBlock(block: RowBlock, dim: number, buffer: ArrayBuffer): void {
  const width = multipleOf4(dim);
  const { rows, places, count, padded, x } = block;
  const values = new Float32Array(buffer, x, padded * width);
  values.fill(0, width === dim ? count * dim : 0);
  if (width === dim && places === undefined) {
    values.set(rows);
    return;
  }
  for (let i = 0; i < count; i++) {
    const at = offsetOf(block, i, dim);
    values.set(rows.subarray(at, at + dim), i * width);
  }
}
