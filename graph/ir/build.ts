/** Operations as passes and kernel rules put them together. */
import { TraceError } from '../../errors/errors.ts';
import { areFixed, type Dimension, isFixed, sameDimension, sameShape, showShape } from './dimension.ts';
import type { Attributes, Constant, ConstantValues, GraphDtype, Operation, Value } from './graph.ts';

/** An operation of the graph. */
export function operation(
  kernel: string,
  inputs: Readonly<Record<string, Value>>,
  attributes: Attributes,
  shape: readonly Dimension[],
  dtype: GraphDtype,
): Operation {
  return { kind: 'operation', kernel, inputs, attributes, shape, dtype };
}

/** A constant whose values are known; they must not be changed afterwards. */
export function constantOf(values: ConstantValues, shape: readonly number[]): Constant {
  const dtype = values instanceof Float32Array ? 'float32' : values instanceof Int32Array ? 'int32' : 'bool';
  return { kind: 'constant', shape, dtype, read: async () => values };
}

/** The same values under another shape. */
export function reshape(x: Value, shape: readonly Dimension[]): Value {
  return sameShape(x.shape, shape) ? x : operation('Reshape', { x }, { shape: [...shape] }, shape, x.dtype);
}

/** A box of a value. */
export function slice(x: Value, begin: readonly Dimension[], size: readonly Dimension[]): Value {
  if (sameShape(x.shape, size)) return x;
  return operation('Slice', { x }, { begin: [...begin], size: [...size] }, size, x.dtype);
}

/** Some of a value along one axis, and all of it along the others. */
export function sliceAlong(x: Value, axis: number, begin: number, length: number): Value {
  const starts = x.shape.map((_, i) => (i === axis ? begin : 0));
  return slice(x, starts, withLength(x.shape, axis, length));
}

/** Values one after the other along an axis on which their lengths are fixed; one value is itself. */
export function concat(values: readonly Value[], axis: number): Value {
  const [first, ...rest] = values;
  if (first === undefined) throw new Error('internal: nothing to concatenate');
  if (rest.length === 0) return first;
  const length = values.reduce((sum, { shape }) => sum + fixedLength(shape, axis), 0);
  const inputs = Object.fromEntries(values.map((value, i) => [String(i), value]));
  return operation('Concat', inputs, { axis }, withLength(first.shape, axis, length), first.dtype);
}

/** Two values side by side, each stretched to the other's shape. */
export function pair(kernel: string, a: Value, b: Value, dtype: GraphDtype = a.dtype): Operation {
  return operation(kernel, { a, b }, {}, broadcast(a.shape, b.shape), dtype);
}

/** The sum over axes, which go. */
export function sum(x: Value, axes: readonly number[]): Value {
  const shape = x.shape.filter((_, axis) => !axes.includes(axis));
  return operation('Sum', { x }, { axis: [...axes], keepDims: false }, shape, x.dtype);
}

/** A shape with another length on one axis. */
export function withLength(shape: readonly Dimension[], axis: number, length: Dimension): Dimension[] {
  return shape.map((each, i) => (i === axis ? length : each));
}

/** The length of an axis that is the same for every batch. */
export function fixedLength(shape: readonly Dimension[], axis: number): number {
  const length = shape[axis];
  if (length === undefined || !isFixed(length)) {
    throw new TraceError(`trace: expected a fixed length of axis ${axis}, got ${showShape(shape)}`);
  }
  return length;
}

/** A shape that is the same for every batch. */
export function fixedShape(shape: readonly Dimension[]): readonly number[] {
  if (!areFixed(shape)) throw new TraceError(`trace: expected fixed lengths, got ${showShape(shape)}`);
  return shape;
}

/** The shape of two values that are paired, by the rules of NumPy. */
function broadcast(a: readonly Dimension[], b: readonly Dimension[]): Dimension[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const mine = a[i - rank + a.length] ?? 1;
    const theirs = b[i - rank + b.length] ?? 1;
    if (mine === 1 || sameDimension(mine, theirs)) return theirs;
    if (theirs === 1) return mine;
    throw new TraceError(
      `trace: expected shapes that can be paired, got ${showShape(a)} and ${showShape(b)}`,
    );
  });
}
