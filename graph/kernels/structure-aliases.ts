/** Kernels that become reshapes, slices, concatenations and constants. */
import { slice_util, util } from '@tensorflow/tfjs-core';
import { constantOf, inputOf, numberOf, numbersOf, type Value } from '../../ops/operation.ts';
import { fixedLength } from '../../shapes/batch-dimension.ts';
import { CONSTANT_ARRAYS } from '../ir/constant-values.ts';
import { type Alias, fromFront, lengths, unsupported } from './kernel.ts';
import { concat, rankOf, reshape, slice, sliceAlong } from './structure.ts';

function without(shape: readonly number[], axis: number): number[] {
  return shape.filter((_, i) => i !== axis);
}

function withAxis(x: Value, axis: number): Value {
  const shape = lengths(x);
  return reshape(x, [...shape.slice(0, axis), 1, ...shape.slice(axis)]);
}

function splitAlong(x: Value, axis: number, sizes: readonly number[]): Value[] {
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return sliceAlong(x, axis, start - size, size);
  });
}

/** A constant of a value's shape; nothing but the shape depends on the input. */
function filled(name: string, value: number): Alias {
  return {
    name,
    record(call) {
      const like = inputOf(call, 'x');
      const size = util.sizeFromShape(lengths(like));
      return constantOf(new CONSTANT_ARRAYS[like.dtype](size).fill(value), lengths(like));
    },
  };
}

/** The rows. */
export const STRUCTURE_ALIASES: readonly Alias[] = [
  {
    name: 'ExpandDims',
    record(call) {
      const x = inputOf(call, 'input');
      return withAxis(x, fromFront(numberOf(call, 'dim'), x.shape.length + 1));
    },
  },
  {
    name: 'StridedSlice',
    record(call) {
      const x = inputOf(call, 'x');
      const of = (name: string) => numbersOf(call, name);
      const info = slice_util.sliceInfo(
        lengths(x),
        of('begin'),
        of('end'),
        of('strides'),
        numberOf(call, 'beginMask'),
        numberOf(call, 'endMask'),
        numberOf(call, 'ellipsisMask'),
        numberOf(call, 'newAxisMask'),
        numberOf(call, 'shrinkAxisMask'),
      );
      if (info.isIdentity) return reshape(x, info.finalShape);
      if (info.strides.some((stride) => stride !== 1)) {
        throw unsupported(call, 'expected steps of 1; reshape and slice instead');
      }
      const size = info.begin.map((begin, i) => info.end[i]! - begin);
      return reshape(slice(x, info.begin, size), info.finalShape);
    },
  },
  {
    name: 'Pack',
    record(call) {
      const values = Object.values(call.inputs);
      const axis = fromFront(numberOf(call, 'axis'), rankOf(values) + 1);
      return concat(
        values.map((value) => withAxis(value, axis)),
        axis,
      );
    },
  },
  {
    name: 'Unpack',
    record(call) {
      const x = inputOf(call, 'value');
      const shape = lengths(x);
      const axis = fromFront(numberOf(call, 'axis'), shape.length);
      const parts = splitAlong(x, axis, new Array<number>(shape[axis]!).fill(1));
      return parts.map((part) => reshape(part, without(shape, axis)));
    },
  },
  {
    name: 'SplitV',
    record(call) {
      const x = inputOf(call, 'x');
      const axis = fromFront(numberOf(call, 'axis'), x.shape.length);
      const length = fixedLength(x.shape, axis);
      const { numOrSizeSplits } = call.attributes;
      if (typeof numOrSizeSplits === 'number') {
        return splitAlong(x, axis, new Array<number>(numOrSizeSplits).fill(length / numOrSizeSplits));
      }
      const sizes = numbersOf(call, 'numOrSizeSplits');
      const known = sizes.reduce((sum, size) => sum + Math.max(size, 0), 0);
      return splitAlong(
        x,
        axis,
        sizes.map((size) => (size === -1 ? length - known : size)),
      );
    },
  },
  filled('ZerosLike', 0),
  filled('OnesLike', 1),
];
