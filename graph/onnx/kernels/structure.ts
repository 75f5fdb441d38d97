/** Kernels that move values, and compute none. */
import { type Dimension, isFixed, sameDimension } from '../../ir/dimension.ts';
import { inputOf } from '../../ir/graph.ts';
import { ALL, type Lowers, listOf, numberOf, numbersOf, only } from './lower.ts';

/** Beyond the end of every axis, and before the start of every axis. */
const END = 2 ** 53 - 1;

/** The kernels of this file. */
export const STRUCTURE: Lowers = {
  Reshape: (operation, lowering, input) => lowering.reshape(input('x'), operation.shape),
  Transpose: (operation, lowering, input) => lowering.transpose(input('x'), numbersOf(operation, 'perm')),
  Slice(operation, lowering, input) {
    const begin = listOf(operation, 'begin') as readonly Dimension[];
    const { shape } = inputOf(operation, 'x');
    const axes = operation.shape.flatMap((length, axis) =>
      sameDimension(length, shape[axis] ?? -1) ? [] : axis,
    );
    const starts = axes.map((axis) => begin[axis] ?? 0);
    const ends = axes.map((axis): Dimension => added(begin[axis] ?? 0, operation.shape[axis] ?? END));
    return lowering.node('Slice', [
      input('x'),
      lowering.lengths(starts),
      lowering.lengths(ends),
      lowering.integers(axes),
    ]);
  },
  Concat: only(ALL, (operation, lowering, input) => {
    const inputs = Object.keys(operation.inputs).map(input);
    return lowering.node('Concat', inputs, { attributes: { axis: numberOf(operation, 'axis') } });
  }),
  Tile(operation, lowering, input) {
    const reps = listOf(operation, 'reps') as readonly Dimension[];
    const { shape } = inputOf(operation, 'x');
    // what is repeated is mostly one slice, which need not be written out before it is used
    if (reps.every((times, axis) => times === 1 || shape[axis] === 1)) {
      return lowering.node('Expand', [input('x'), lowering.lengths(operation.shape)]);
    }
    return lowering.node('Tile', [input('x'), lowering.lengths(reps)]);
  },
  PadV2(operation, lowering, input) {
    const pairs = listOf(operation, 'paddings') as readonly (readonly [number, number])[];
    const pads = [...pairs.map(([before]) => before), ...pairs.map(([, after]) => after)];
    const value = numberOf(operation, 'constantValue');
    const constant = lowering.scalar(value, operation.dtype);
    return lowering.node('Pad', [input('x'), lowering.integers(pads), constant]);
  },
  Reverse(operation, lowering, input) {
    const axes = numbersOf(operation, 'dims');
    const all = (value: number) => lowering.integers(axes.map(() => value));
    return lowering.node('Slice', [input('x'), all(-1), all(-END), lowering.integers(axes), all(-1)]);
  },
  GatherV2: (operation, lowering, input) =>
    lowering.node('Gather', [input('x'), input('indices')], {
      attributes: { axis: numberOf(operation, 'axis') },
    }),
};

function added(a: Dimension, b: Dimension): Dimension {
  if (isFixed(a) && isFixed(b)) return a + b;
  const [left, right] = [a, b].map((each) => (isFixed(each) ? { perBatch: 0, plus: each } : each));
  return {
    perBatch: (left?.perBatch ?? 0) + (right?.perBatch ?? 0),
    plus: (left?.plus ?? 0) + (right?.plus ?? 0),
  };
}
