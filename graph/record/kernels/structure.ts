/** Kernels that move values, and compute none. */
import { slice_util, util } from '@tensorflow/tfjs-core';
import { concat, constantOf, operation, reshape, slice, sliceAlong } from '../../ir/build.ts';
import type { Attribute, Value } from '../../ir/graph.ts';
import {
  fromFront,
  type KernelCall,
  type KernelRules,
  lengths,
  numberOf,
  numbersOf,
  optionalNumbersOf,
  required,
  unsupported,
} from './rule.ts';

function without(shape: readonly number[], axis: number): number[] {
  return shape.filter((_, i) => i !== axis);
}

function splitAlong(x: Value, axis: number, sizes: readonly number[]): Value[] {
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return sliceAlong(x, axis, start - size, size);
  });
}

function pairsOf(call: KernelCall, name: string): [number, number][] {
  const value = call.attrs[name];
  if (!Array.isArray(value)) throw unsupported(call, `expected ${name} in pairs`);
  return value.map((pair: [number, number]) => [pair[0], pair[1]]);
}

/** The rules of this file. */
export const STRUCTURE: KernelRules = {
  Reshape(call) {
    const x = required(call, 'x');
    const size = util.sizeFromShape(lengths(x));
    return reshape(x, util.inferFromImplicitShape(numbersOf(call, 'shape'), size));
  },
  ExpandDims(call) {
    const x = required(call, 'input');
    const shape = lengths(x);
    const axis = numberOf(call, 'dim');
    shape.splice(axis < 0 ? shape.length + axis + 1 : axis, 0, 1);
    return reshape(x, shape);
  },
  Transpose(call) {
    const x = required(call, 'x');
    const perm = numbersOf(call, 'perm');
    const shape = lengths(x);
    return operation(
      'Transpose',
      { x },
      { perm },
      perm.map((axis) => shape[axis] ?? 0),
      x.dtype,
    );
  },
  Slice(call) {
    const x = required(call, 'x');
    const shape = lengths(x);
    const starts = numbersOf(call, 'begin');
    const sizes = optionalNumbersOf(call, 'size') ?? [];
    const begin = shape.map((_, i) => starts[i] ?? 0);
    const size = shape.map((length, i) => {
      const wanted = sizes[i] ?? -1;
      return wanted === -1 ? length - (begin[i] ?? 0) : wanted;
    });
    return slice(x, begin, size);
  },
  StridedSlice(call) {
    const x = required(call, 'x');
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
    if (info.strides.every((stride) => stride === 1)) {
      const size = info.begin.map((begin, i) => (info.end[i] ?? 0) - begin);
      return reshape(slice(x, info.begin, size), info.finalShape);
    }
    throw unsupported(call, 'expected steps of 1; reshape and slice instead');
  },
  Concat(call) {
    const values = Object.values(call.inputs);
    return concat(values, fromFront(numberOf(call, 'axis'), values[0]?.shape.length ?? 0));
  },
  Pack(call) {
    const values = Object.values(call.inputs);
    const axis = fromFront(numberOf(call, 'axis'), (values[0]?.shape.length ?? 0) + 1);
    const wider = values.map((value) => {
      const shape = lengths(value);
      shape.splice(axis, 0, 1);
      return reshape(value, shape);
    });
    return concat(wider, axis);
  },
  Unpack(call) {
    const x = required(call, 'value');
    const shape = lengths(x);
    const axis = fromFront(numberOf(call, 'axis'), shape.length);
    const parts = splitAlong(x, axis, new Array<number>(shape[axis] ?? 0).fill(1));
    return parts.map((part) => reshape(part, without(shape, axis)));
  },
  SplitV(call) {
    const x = required(call, 'x');
    const axis = fromFront(numberOf(call, 'axis'), x.shape.length);
    const length = lengths(x)[axis] ?? 0;
    const { numOrSizeSplits } = call.attrs;
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
  Tile(call) {
    const x = required(call, 'x');
    const reps = numbersOf(call, 'reps');
    if (reps.every((times) => times === 1)) return x;
    const shape = lengths(x).map((length, i) => length * (reps[i] ?? 1));
    return operation('Tile', { x }, { reps }, shape, x.dtype);
  },
  PadV2(call) {
    const x = required(call, 'x');
    const paddings = pairsOf(call, 'paddings');
    const shape = lengths(x).map((length, i) => length + (paddings[i]?.[0] ?? 0) + (paddings[i]?.[1] ?? 0));
    const attributes = { paddings: paddings as Attribute, constantValue: numberOf(call, 'constantValue') };
    return operation('PadV2', { x }, attributes, shape, x.dtype);
  },
  Reverse(call) {
    const x = required(call, 'x');
    const shape = lengths(x);
    const dims = util.parseAxisParam(optionalNumbersOf(call, 'dims') ?? [...shape.keys()], shape);
    return operation('Reverse', { x }, { dims }, shape, x.dtype);
  },
  GatherV2(call) {
    const x = required(call, 'x');
    const indices = required(call, 'indices');
    if (numberOf(call, 'batchDims') !== 0) throw unsupported(call, 'expected batchDims 0');
    const shape = lengths(x);
    const axis = fromFront(numberOf(call, 'axis'), shape.length);
    const result = [...shape.slice(0, axis), ...lengths(indices), ...shape.slice(axis + 1)];
    return operation('GatherV2', { x, indices }, { axis, batchDims: 0 }, result, x.dtype);
  },
  ZerosLike: (call) => filled(required(call, 'x'), 0),
  OnesLike: (call) => filled(required(call, 'x'), 1),
};

/** A constant of a value's shape; nothing but the shape depends on the input. */
function filled(like: Value, value: number): Value {
  const shape = lengths(like);
  const size = util.sizeFromShape(shape);
  const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };
  return constantOf(new arrays[like.dtype](size).fill(value), shape);
}
