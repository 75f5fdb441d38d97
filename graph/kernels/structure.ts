/** Kernels that move values, and compute none. */
import { util } from '@tensorflow/tfjs-core';
import {
  type Attribute,
  type Call,
  inputOf,
  lengthsOf,
  numberOf,
  numbersOf,
  optionalNumbersOf,
  type Typed,
  type Value,
} from '../../ops/operation.ts';
import { type Dimension, sameDimension, sameShape, sumOf, withLength } from '../../shapes/batch-dimension.ts';
import { ALL, fromFront, type Kernel, lengths, operation, unsupported } from './kernel.ts';

/** Beyond the end of every axis, and before the start of every axis. */
const END = 2 ** 53 - 1;

/** The input x under another shape. */
function shaped(call: Call<Typed<number>>, shape: readonly number[]): Typed<number> {
  return { shape, dtype: inputOf(call, 'x').dtype };
}

const RESHAPE: Kernel = {
  name: 'Reshape',
  infer: (call) => shaped(call, numbersOf(call, 'shape')),
  lower: (reshaped, onnx, input) => onnx.reshape(input('x'), reshaped.shape),
  record(call) {
    const x = inputOf(call, 'x');
    const size = util.sizeFromShape(lengths(x));
    return reshape(x, util.inferFromImplicitShape(numbersOf(call, 'shape'), size));
  },
};

const SLICE: Kernel = {
  name: 'Slice',
  infer: (call) => shaped(call, numbersOf(call, 'size')),
  lower(sliced, onnx, input) {
    const begin = lengthsOf(sliced, 'begin');
    const { shape } = inputOf(sliced, 'x');
    const axes = sliced.shape.flatMap((length, axis) => (sameDimension(length, shape[axis]!) ? [] : axis));
    const starts = axes.map((axis) => begin[axis]!);
    const ends = axes.map((axis) => sumOf(begin[axis]!, sliced.shape[axis]!));
    return onnx.node('Slice', [input('x'), onnx.lengths(starts), onnx.lengths(ends), onnx.integers(axes)]);
  },
  record(call) {
    const x = inputOf(call, 'x');
    const shape = lengths(x);
    const starts = numbersOf(call, 'begin');
    const sizes = optionalNumbersOf(call, 'size') ?? [];
    // what is left out is the rest
    const begin = shape.map((_, i) => starts[i] ?? 0);
    const size = shape.map((length, i) => {
      const wanted = sizes[i] ?? -1;
      return wanted === -1 ? length - begin[i]! : wanted;
    });
    return slice(x, begin, size);
  },
};

const CONCAT: Kernel = {
  name: 'Concat',
  infer(call) {
    const [first, ...rest] = Object.values(call.inputs);
    if (first === undefined) throw new Error('internal: nothing to concatenate');
    const axis = numberOf(call, 'axis');
    const length = rest.reduce((sum, { shape }) => sum + shape[axis]!, first.shape[axis]!);
    return { shape: first.shape.map((each, i) => (i === axis ? length : each)), dtype: first.dtype };
  },
  dtypes: ALL,
  lower: (whole, onnx, input) =>
    onnx.node('Concat', Object.keys(whole.inputs).map(input), {
      attributes: { axis: numberOf(whole, 'axis') },
    }),
  record(call) {
    const values = Object.values(call.inputs);
    return concat(values, fromFront(numberOf(call, 'axis'), rankOf(values)));
  },
};

const TILE: Kernel = {
  name: 'Tile',
  infer(call) {
    const reps = numbersOf(call, 'reps');
    return shaped(
      call,
      inputOf(call, 'x').shape.map((length, i) => length * reps[i]!),
    );
  },
  lower(tiled, onnx, input) {
    const reps = lengthsOf(tiled, 'reps');
    const { shape } = inputOf(tiled, 'x');
    // what is repeated is mostly one slice, which need not be written out before it is used
    if (reps.every((times, axis) => times === 1 || shape[axis] === 1)) {
      return onnx.node('Expand', [input('x'), onnx.lengths(tiled.shape)]);
    }
    return onnx.node('Tile', [input('x'), onnx.lengths(reps)]);
  },
  record(call) {
    const x = inputOf(call, 'x');
    const reps = numbersOf(call, 'reps');
    return reps.every((times) => times === 1) ? x : tile(x, reps);
  },
};

/** The same values under another shape. */
export function reshape(x: Value, shape: readonly Dimension[]): Value {
  return sameShape(x.shape, shape) ? x : operation(RESHAPE, { x }, { shape: [...shape] });
}

/** A box of a value. */
export function slice(x: Value, begin: readonly Dimension[], size: readonly Dimension[]): Value {
  return sameShape(x.shape, size) ? x : operation(SLICE, { x }, { begin: [...begin], size: [...size] });
}

/** Some of a value along one axis, and all of it along the others. */
export function sliceAlong(x: Value, axis: number, begin: number, length: number): Value {
  const starts = x.shape.map((_, i) => (i === axis ? begin : 0));
  return slice(x, starts, withLength(x.shape, axis, length));
}

/** Values one after the other along an axis; one value is itself. */
export function concat(values: readonly Value[], axis: number): Value {
  const [first, ...rest] = values;
  if (first !== undefined && rest.length === 0) return first;
  return operation(CONCAT, Object.fromEntries(values.map((value, i) => [String(i), value])), { axis });
}

/** A value repeated so many times along each axis. */
export function tile(x: Value, reps: readonly Dimension[]): Value {
  return operation(TILE, { x }, { reps });
}

/** The rank of the first value. */
export function rankOf([first]: readonly Value[]): number {
  return first?.shape.length ?? 0;
}

function pairsOf(call: Call<unknown>, name: string): [number, number][] {
  return lengthsOf(call, name) as unknown as [number, number][];
}

/** The rows. */
export const STRUCTURE: readonly Kernel[] = [
  RESHAPE,
  SLICE,
  CONCAT,
  TILE,
  {
    name: 'Transpose',
    attributesOf: (call) => ({ perm: numbersOf(call, 'perm') }),
    infer(call) {
      const { shape } = inputOf(call, 'x');
      return shaped(
        call,
        numbersOf(call, 'perm').map((axis) => shape[axis]!),
      );
    },
    lower: (transposed, onnx, input) => onnx.transpose(input('x'), numbersOf(transposed, 'perm')),
  },
  {
    name: 'PadV2',
    attributesOf: (call) => ({
      paddings: pairsOf(call, 'paddings').map(([before, after]): Attribute => [before, after]),
      constantValue: numberOf(call, 'constantValue'),
    }),
    infer(call) {
      const paddings = pairsOf(call, 'paddings');
      return shaped(
        call,
        inputOf(call, 'x').shape.map((length, i) => length + paddings[i]![0] + paddings[i]![1]),
      );
    },
    lower(padded, onnx, input) {
      const pairs = pairsOf(padded, 'paddings');
      const pads = [...pairs.map(([before]) => before), ...pairs.map(([, after]) => after)];
      const constant = onnx.scalar(numberOf(padded, 'constantValue'), padded.dtype);
      return onnx.node('Pad', [input('x'), onnx.integers(pads), constant]);
    },
  },
  {
    name: 'Reverse',
    attributesOf(call) {
      const shape = lengths(inputOf(call, 'x'));
      return { dims: util.parseAxisParam(optionalNumbersOf(call, 'dims') ?? [...shape.keys()], shape) };
    },
    infer: (call) => inputOf(call, 'x'),
    lower(reversed, onnx, input) {
      const axes = numbersOf(reversed, 'dims');
      const all = (value: number) => onnx.integers(axes.map(() => value));
      return onnx.node('Slice', [input('x'), all(-1), all(-END), onnx.integers(axes), all(-1)]);
    },
  },
  {
    name: 'GatherV2',
    attributesOf(call) {
      if (numberOf(call, 'batchDims') !== 0) throw unsupported(call, 'expected batchDims 0');
      return { axis: fromFront(numberOf(call, 'axis'), inputOf(call, 'x').shape.length), batchDims: 0 };
    },
    infer(call) {
      const { shape } = inputOf(call, 'x');
      const axis = numberOf(call, 'axis');
      return shaped(call, [
        ...shape.slice(0, axis),
        ...inputOf(call, 'indices').shape,
        ...shape.slice(axis + 1),
      ]);
    },
    lower: (gathered, onnx, input) =>
      onnx.node('Gather', [input('x'), input('indices')], {
        attributes: { axis: numberOf(gathered, 'axis') },
      }),
  },
];
