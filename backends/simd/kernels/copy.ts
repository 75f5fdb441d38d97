/** Kernels that only move values: transposition, slice, concatenation, padding, unstacking, splitting, cutting into patches. */
import {
  backend_util,
  Concat,
  type ConcatInputs,
  type KernelConfig,
  type NamedAttrMap,
  PadV2,
  Slice,
  SplitV,
  slice_util,
  type Tensor,
  type TensorInfo,
  Transpose,
  Unpack,
  util,
} from '@tensorflow/tfjs-core';
import { FUSED_EXTRACT_PATCHES } from '../../../ops/extract-patches.ts';
import { dimensions } from '../../../shapes/dimensions.ts';
import { input, numberAttr, numbersAttr } from '../../kernel-call.ts';
import { AXES } from '../job-kinds.ts';
import type { SimdBackend } from '../simd-backend.ts';
import type { Axis } from './axes.ts';
import { boxAxes, copyBox, strides } from './box.ts';
import { isSmall, kernel, kernelOrCpu } from './kernel.ts';

function isLarge(backend: SimdBackend, info: TensorInfo, size: number): boolean {
  return info.dtype === 'float32' && !isSmall(backend, size);
}

/** A new tensor of `shape` that has a box of another's values, which begins `start` values into it. */
function copied(backend: SimdBackend, x: TensorInfo, start: number, axes: readonly Axis[], shape: number[]) {
  const from = backend.resident(x);
  const { info, address } = backend.makeResident(shape);
  copyBox(backend, axes, from + start * 4, address);
  return info;
}

/** A box cut out of a tensor, into a new tensor of `shape`. */
function cut(
  backend: SimdBackend,
  x: TensorInfo,
  begin: readonly number[],
  size: readonly number[],
  shape: number[],
) {
  const steps = strides(x.shape);
  const axes = boxAxes(size, steps, strides(size));
  if (axes.length > AXES) return undefined;
  const start = begin.reduce((sum, index, i) => sum + index * steps[i]!, 0);
  return copied(backend, x, start, axes, shape);
}

const transpose = kernelOrCpu(Transpose, ({ backend, inputs, attrs }) => {
  const x = input(inputs, 'x');
  if (!isLarge(backend, x, util.sizeFromShape(x.shape))) return undefined;
  const perm = numbersAttr(attrs, 'perm');
  const steps = strides(x.shape);
  const shape = perm.map((axis) => x.shape[axis]!);
  const permuted = perm.map((axis) => steps[axis]!);
  const axes = boxAxes(shape, permuted, strides(shape));
  return axes.length > AXES ? undefined : copied(backend, x, 0, axes, shape);
});

const slice = kernelOrCpu(Slice, ({ backend, inputs, attrs }) => {
  const x = input(inputs, 'x');
  if (!isLarge(backend, x, util.sizeFromShape(x.shape))) return undefined;
  const [begin, size] = slice_util.parseSliceParams(
    x,
    numbersAttr(attrs, 'begin'),
    attrs.size === undefined ? undefined : numbersAttr(attrs, 'size'),
  );
  if (begin === undefined || size === undefined || !isLarge(backend, x, util.sizeFromShape(size)))
    return undefined;
  slice_util.assertParamsValid(x, begin, size);
  return cut(backend, x, begin, size, size);
});

const unpack = kernelOrCpu(Unpack, ({ backend, inputs, attrs }) => {
  const x = input(inputs, 'value');
  const rank = x.shape.length;
  const axis = (numberAttr(attrs, 'axis') + rank) % rank;
  const count = x.shape[axis]!;
  const shape = x.shape.filter((_, i) => i !== axis);
  if (!isLarge(backend, x, util.sizeFromShape(shape))) return undefined;
  const size = x.shape.map((length, i) => (i === axis ? 1 : length));
  const parts: TensorInfo[] = [];
  for (let index = 0; index < count; index++) {
    const part = cut(
      backend,
      x,
      x.shape.map((_, i) => (i === axis ? index : 0)),
      size,
      shape,
    );
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return parts;
});

const split = kernelOrCpu(SplitV, ({ backend, inputs, attrs }) => {
  const x = input(inputs, 'x');
  if (!isLarge(backend, x, util.sizeFromShape(x.shape))) return undefined;
  const axis = util.parseAxisParam(numberAttr(attrs, 'axis'), x.shape)[0]!;
  const lengths = backend_util.prepareSplitSize(x as Tensor, splitsOf(attrs), axis);
  if (lengths.includes(0)) return undefined;
  const whole = x.shape[axis]!;
  const inner = util.sizeFromShape(x.shape.slice(axis + 1));
  const outer = util.sizeFromShape(x.shape.slice(0, axis));
  let start = 0;
  return lengths.map((length) => {
    const axes = boxAxes([outer, length * inner], [whole * inner, 1], [length * inner, 1]);
    const shape = x.shape.map((each, i) => (i === axis ? length : each));
    const part = copied(backend, x, start, axes, shape);
    start += length * inner;
    return part;
  });
});

/** How many parts, or their lengths. */
function splitsOf(attrs: NamedAttrMap): number | number[] {
  const { numOrSizeSplits } = attrs;
  return typeof numOrSizeSplits === 'number' ? numOrSizeSplits : numbersAttr(attrs, 'numOrSizeSplits');
}

const concat = kernelOrCpu(Concat, ({ backend, inputs, attrs }) => {
  // TF.js gives this op an array in the place of a map
  const all = inputs as unknown as ConcatInputs;
  const total = all.reduce((sum, part) => sum + util.sizeFromShape(part.shape), 0);
  if (isSmall(backend, total)) return undefined;
  const parts = all.filter((part) => util.sizeFromShape(part.shape) > 0);
  const [first] = parts;
  if (first === undefined || parts.length < 2) return undefined;
  if (parts.some((part) => part.dtype !== 'float32')) return undefined;
  const axis = util.parseAxisParam(numberAttr(attrs, 'axis'), first.shape)[0]!;
  const length = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
  const shape = first.shape.map((size, i) => (i === axis ? length : size));
  const alike = parts.every(
    (part) =>
      part.shape.length === shape.length && part.shape.every((size, i) => i === axis || size === shape[i]),
  );
  if (!alike) return undefined;
  const inner = util.sizeFromShape(shape.slice(axis + 1));
  const outer = util.sizeFromShape(shape.slice(0, axis));
  const addresses = parts.map((part) => backend.resident(part));
  const { info, address } = backend.makeResident(shape);
  let column = 0;
  for (const [i, part] of parts.entries()) {
    const width = part.shape[axis]! * inner;
    const axes = boxAxes([outer, width], [width, 1], [length * inner, 1]);
    copyBox(backend, axes, addresses[i]!, address + column * 4);
    column += width;
  }
  return info;
});

const pad = kernelOrCpu(PadV2, ({ backend, inputs, attrs }) => {
  const x = input(inputs, 'x');
  const paddings = attrs.paddings as [number, number][];
  const shape = x.shape.map((length, i) => length + paddings[i]![0] + paddings[i]![1]);
  const size = util.sizeFromShape(shape);
  if (!isLarge(backend, x, size) || util.sizeFromShape(x.shape) === 0) return undefined;
  const target = strides(shape);
  const axes = boxAxes(x.shape, strides(x.shape), target);
  if (axes.length > AXES) return undefined;
  const start = target.reduce((sum, step, i) => sum + step * paddings[i]![0], 0);
  const from = backend.resident(x);
  const { info, address } = backend.makeResident(shape);
  backend.runtime.heap.floats.fill(numberAttr(attrs, 'constantValue'), address / 4, address / 4 + size);
  copyBox(backend, axes, from, address + start * 4);
  return info;
});

/** Non-overlapping patches, each a row in the order channel, row, column. */
const extractPatches = kernel(FUSED_EXTRACT_PATCHES.name, ({ backend, inputs, attrs }) => {
  const x = input(inputs, 'x');
  const [batch, channels, height, width] = dimensions(x.shape, 4, 'x');
  const [patchHeight, patchWidth] = dimensions(numbersAttr(attrs, 'patchSize'), 2, 'patchSize');
  const rows = Math.floor(height / patchHeight);
  const columns = Math.floor(width / patchWidth);
  const lengths = [batch, rows, columns, channels, patchHeight, patchWidth];
  const plane = height * width;
  const steps = [channels * plane, patchHeight * width, patchWidth, plane, width, 1];
  const shape = [batch, rows * columns, channels * patchHeight * patchWidth];
  return copied(backend, x, 0, boxAxes(lengths, steps, strides(lengths)), shape);
});

/** Every kernel that only moves values. */
export const COPY_KERNELS: readonly KernelConfig[] = [
  transpose,
  slice,
  unpack,
  split,
  concat,
  pad,
  extractPatches,
];
