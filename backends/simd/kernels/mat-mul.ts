/** Products of two matrices, batched. */
import { _FusedMatMul, BatchMatMul, broadcast_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { input } from '../../kernel-call.ts';
import { EPILOGUE_NONE } from '../job-kinds.ts';
import type { SimdBackend } from '../simd-backend.ts';
import { boxAxes, copyBox } from './box.ts';
import { isSmall, kernelOrCpu, type SimdCall } from './kernel.ts';
import { type PanelVisit, visitMatrix, visitPanels, visitTransposed } from './panels.ts';
import { multiply } from './product.ts';

/** Multiply-adds below which TF.js's own kernel is as fast. */
const SMALL_PRODUCT = 4096;

/** Values summed up at a time for the gradient by a weight: the tokens of an image of 224 pixels, and some more. */
const GRADIENT_DEPTH = 320;

/** Sizes of a batched product [.., M, K] × [.., K, N]. */
interface Sizes {
  shape: number[];
  M: number;
  K: number;
  N: number;
  /** for every matrix of the result, the index of its operands' matrices */
  pairs: readonly (readonly [number, number])[];
}

function sizesOf(a: TensorInfo, b: TensorInfo, transposeA: boolean, transposeB: boolean): Sizes | undefined {
  const M = a.shape.at(transposeA ? -1 : -2)!;
  const K = a.shape.at(transposeA ? -2 : -1)!;
  const N = b.shape.at(transposeB ? -2 : -1)!;
  if (b.shape.at(transposeB ? -1 : -2) !== K) return undefined;
  const outerA = a.shape.slice(0, -2);
  const outerB = b.shape.slice(0, -2);
  const outer = broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
  const pairs = Array.from({ length: util.sizeFromShape(outer) }, (_, i) => {
    const place = indicesOf(i, outer);
    return [indexIn(place, outerA), indexIn(place, outerB)] as const;
  });
  return { shape: [...outer, M, N], M, K, N, pairs };
}

function indicesOf(index: number, shape: readonly number[]): number[] {
  let rest = index;
  return [...shape]
    .reverse()
    .map((length) => {
      const i = rest % length;
      rest = Math.floor(rest / length);
      return i;
    })
    .reverse();
}

function indexIn(indices: readonly number[], shape: readonly number[]): number {
  const own = indices.slice(indices.length - shape.length);
  return shape.reduce((sum, length, i) => sum * length + (length === 1 ? 0 : own[i]!), 0);
}

/** A matrix [rows, columns] transposed, at a new address the caller releases. */
function transposed(backend: SimdBackend, from: number, rows: number, columns: number): number {
  const to = backend.runtime.heap.allocate(rows * columns * 4);
  copyBox(backend, boxAxes([columns, rows], [1, columns], [rows, 1]), from, to);
  return to;
}

function matMul(
  { backend, attrs }: SimdCall,
  a: TensorInfo,
  b: TensorInfo,
  bias?: TensorInfo,
): TensorInfo | undefined {
  const transposeA = attrs.transposeA === true;
  const transposeB = attrs.transposeB === true;
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return undefined;
  // no batch makes more multiply-adds than this
  const most = util.sizeFromShape(a.shape) * util.sizeFromShape(b.shape);
  if (isSmall(backend, most, SMALL_PRODUCT)) return undefined;
  const sizes = sizesOf(a, b, transposeA, transposeB);
  if (sizes === undefined) return undefined;
  const { shape, M, K, N, pairs } = sizes;
  const work = pairs.length * M * K * N;
  if (isSmall(backend, work, SMALL_PRODUCT)) return undefined;
  if (pairs.length > 1 && isSmall(backend, work / pairs.length)) return undefined;

  const { heap } = backend.runtime;
  const fromA = backend.rowMajor(a);
  const biasAddress = bias === undefined ? 0 : backend.resident(bias);
  const { info, address } = backend.makeResident(shape);
  const packed = backend.packed(b);
  // reshaped, a packed weight can be other matrices than it was packed as
  const inPanels = packed !== undefined && transposeB && packed.outputs === N && packed.inputs === K;
  const otherWay = packed !== undefined && !transposeB && packed.outputs === K && packed.inputs === N;
  const fromB = inPanels || (otherWay && packed.isInside) ? undefined : backend.rowMajor(b);
  for (const [i, [matrixA, matrixB]] of pairs.entries()) {
    const from = fromA.address + matrixA * M * K * 4;
    const rows = transposeA ? transposed(backend, from, K, M) : from;
    const visit: PanelVisit = (panels, format, first, outputs) =>
      multiply(
        backend,
        {
          a: rows,
          M,
          K,
          panels,
          format,
          N: outputs,
          bias: biasAddress && biasAddress + first * 4,
          epilogue: EPILOGUE_NONE,
          residual: 0,
          scale: 0,
          c: address + (i * M * N + first) * 4,
          rowOfC: N * 4,
        },
        transposeA ? GRADIENT_DEPTH : undefined,
      );
    if (fromB === undefined) (inPanels ? visitPanels : visitTransposed)(backend, b, visit);
    else {
      const matrix = fromB.address + matrixB * K * N * 4;
      visitMatrix(backend, { address: matrix, depth: K, columns: N, transposed: transposeB }, visit);
    }
    if (transposeA) heap.release(rows);
  }
  fromB?.release();
  fromA.release();
  return info;
}

/** a · b for every matrix of a batch, either operand transposed on request. */
export const batchMatMul = kernelOrCpu(BatchMatMul, (call) =>
  matMul(call, input(call.inputs, 'a'), input(call.inputs, 'b')),
);

/** The same with a bias for every column; other combinations are left to TF.js. */
export const fusedMatMul = kernelOrCpu(_FusedMatMul, (call) => {
  const { inputs, attrs } = call;
  const { bias, preluActivationWeights } = inputs;
  if (preluActivationWeights != null || (attrs.activation != null && attrs.activation !== 'linear'))
    return undefined;
  const b = input(inputs, 'b');
  const columns = b.shape.at(attrs.transposeB === true ? -2 : -1)!;
  if (bias != null && (bias.dtype !== 'float32' || util.sizeFromShape(bias.shape) !== columns))
    return undefined;
  if (bias != null && bias.shape.at(-1) !== columns) return undefined;
  return matMul(call, input(inputs, 'a'), b, bias ?? undefined);
});
