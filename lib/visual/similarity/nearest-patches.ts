/** For each patch of two images the nearest one of the other, by all cosines, of which only a block is in memory. */
import { matMul, type Tensor2D, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { PatchGrid } from '../../../images/geometry/patch-grid.ts';
import { readFloat32 } from '../../tasks/read-tensor.ts';

/** So many cosines are in memory at once. */
const BLOCK = 1 << 22;

/** One of the two images. */
export interface Searched {
  /** [N, dim], rows of length 1; borrowed */
  readonly rows: Float32Array;
  readonly grid: PatchGrid;
  /** [N], 0 for patches that take no part */
  readonly mask: Uint8Array;
}

/** What is nearest to each patch. */
export interface NearestPatches {
  /** [N] of the first image: the nearest patch of the second, −1 for what takes no part */
  readonly forward: Int32Array;
  /** [N] of the second image */
  readonly backward: Int32Array;
  /** [N] of the first image: the cosine with the nearest */
  readonly cosines: Float32Array;
  /** [N] of the first image: the greatest cosine with a patch that neither is nor touches the nearest; −1 where there is none */
  readonly seconds: Float32Array;
}

/**
 * Computes the products of all pairs on TF.js's device, some rows at a time.
 *
 * Of patches that are equally near, the first is taken.
 *
 * @param dim values of each patch
 */
export async function nearestPatches(a: Searched, b: Searched, dim: number): Promise<NearestPatches> {
  const [sizeA, sizeB] = [a.mask.length, b.mask.length];
  const forward = new Int32Array(sizeA).fill(-1);
  const cosines = new Float32Array(sizeA).fill(-1);
  const seconds = new Float32Array(sizeA).fill(-1);
  const backward = new Int32Array(sizeB).fill(-1);
  const best = new Float32Array(sizeB).fill(Number.NEGATIVE_INFINITY);
  const step = Math.max(1, Math.floor(BLOCK / sizeB));
  const right = tensor2d(b.rows, [sizeB, dim]);
  try {
    for (let start = 0; start < sizeA; start += step) {
      const end = Math.min(start + step, sizeA);
      const block = await productOf(a.rows.subarray(start * dim, end * dim), right, dim);
      for (let i = start; i < end; i++) {
        if (a.mask[i] === 0) continue;
        const row = block.subarray((i - start) * sizeB, (i - start + 1) * sizeB);
        const nearest = greatest(row, b.mask);
        forward[i] = nearest;
        if (nearest < 0) continue;
        cosines[i] = row[nearest]!;
        seconds[i] = secondOf(row, b, nearest);
        for (let j = 0; j < sizeB; j++) {
          if (!(row[j]! > best[j]!) || b.mask[j] === 0) continue;
          best[j] = row[j]!;
          backward[j] = i;
        }
      }
    }
  } finally {
    right.dispose();
  }
  return { forward, backward, cosines, seconds };
}

/** [rows, N] of some rows and all of `right`. */
async function productOf(rows: Float32Array, right: Tensor2D, dim: number): Promise<Float32Array> {
  const product = tidy(() => matMul(tensor2d(rows, [rows.length / dim, dim]), right, false, true));
  try {
    return await readFloat32(product);
  } finally {
    product.dispose();
  }
}

function greatest(row: Float32Array, mask: Uint8Array): number {
  let found = -1;
  let most = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < row.length; j++) {
    if (!(row[j]! > most) || mask[j] === 0) continue;
    most = row[j]!;
    found = j;
  }
  return found;
}

function secondOf(row: Float32Array, { grid, mask }: Searched, nearest: number): number {
  const { columns } = grid;
  const [y, x] = [Math.floor(nearest / columns), nearest % columns];
  let most = -1;
  for (let j = 0; j < row.length; j++) {
    if (!(row[j]! > most) || mask[j] === 0) continue;
    const touches = Math.abs(Math.floor(j / columns) - y) <= 1 && Math.abs((j % columns) - x) <= 1;
    if (!touches) most = row[j]!;
  }
  return most;
}
