/** Sizes that may depend on the size of the batch. */
import { OptionError, TraceError } from '../errors/errors.ts';
import { elementCount } from './element-count.ts';

/** perBatch · B + plus, where B is the size of the batch; perBatch is at least 1, plus at least 0. */
export interface BatchDimension {
  readonly perBatch: number;
  readonly plus: number;
}

/** The length of an axis: a number, or one that grows with the batch. */
export type Dimension = number | BatchDimension;

/** The batch itself. */
export const BATCH: BatchDimension = { perBatch: 1, plus: 0 };

/** Whether a length is the same for every batch. */
export function isFixed(dimension: Dimension): dimension is number {
  return typeof dimension === 'number';
}

/** Whether every length is the same for every batch. */
export function areFixed(shape: readonly Dimension[]): shape is readonly number[] {
  return shape.every(isFixed);
}

/** The length for a batch of B. */
export function sizeAt(dimension: Dimension, B: number): number {
  return isFixed(dimension) ? dimension : dimension.perBatch * B + dimension.plus;
}

/** The shape for a batch of B. */
export function shapeAt(shape: readonly Dimension[], B: number): number[] {
  return shape.map((dimension) => sizeAt(dimension, B));
}

/** How many values a tensor of this shape has for a batch of B. */
export function valuesAt(shape: readonly Dimension[], B: number): number {
  return elementCount(shapeAt(shape, B));
}

/** The length for a batch of B, read back from two sizes: `undefined` if no line with whole numbers goes through them. */
export function dimensionThrough(
  [firstBatch, first]: readonly [B: number, length: number],
  [secondBatch, second]: readonly [B: number, length: number],
): Dimension | undefined {
  if (first === second) return first;
  const perBatch = (second - first) / (secondBatch - firstBatch);
  const plus = first - perBatch * firstBatch;
  return Number.isInteger(perBatch) && perBatch > 0 && plus >= 0 ? { perBatch, plus } : undefined;
}

/** Whether two lengths are the same for every batch. */
export function sameDimension(a: Dimension, b: Dimension): boolean {
  if (isFixed(a) || isFixed(b)) return a === b;
  return a.perBatch === b.perBatch && a.plus === b.plus;
}

/** Whether two shapes are the same for every batch. */
export function sameShape(a: readonly Dimension[], b: readonly Dimension[]): boolean {
  return a.length === b.length && a.every((dimension, i) => sameDimension(dimension, b[i] ?? -1));
}

/** The sum of two lengths. */
export function sumOf(a: Dimension, b: Dimension): Dimension {
  if (isFixed(a)) return isFixed(b) ? a + b : { ...b, plus: a + b.plus };
  return isFixed(b) ? sumOf(b, a) : { perBatch: a.perBatch + b.perBatch, plus: a.plus + b.plus };
}

/** A shape with another length on one axis. */
export function withLength(shape: readonly Dimension[], axis: number, length: Dimension): Dimension[] {
  return shape.map((each, i) => (i === axis ? length : each));
}

/**
 * The length of an axis that is the same for every batch.
 *
 * @throws TraceError if it grows with the batch, or there is no such axis
 */
export function fixedLength(shape: readonly Dimension[], axis: number): number {
  const length = shape[axis];
  if (length === undefined || !isFixed(length)) {
    throw new TraceError(`trace: expected a fixed length of axis ${axis}, got ${showShape(shape)}`);
  }
  return length;
}

/**
 * A shape that is the same for every batch.
 *
 * @throws TraceError if it is not
 */
export function fixedShape(shape: readonly Dimension[]): readonly number[] {
  if (!areFixed(shape)) throw new TraceError(`trace: expected fixed lengths, got ${showShape(shape)}`);
  return shape;
}

/** A length as messages show it: `257`, `B`, `257·B`, `B + 1`. */
export function showDimension(dimension: Dimension): string {
  if (isFixed(dimension)) return String(dimension);
  const { perBatch, plus } = dimension;
  return `${perBatch === 1 ? '' : `${perBatch}·`}B${plus === 0 ? '' : ` + ${plus}`}`;
}

/** A shape as messages show it. */
export function showShape(shape: readonly Dimension[]): string {
  return `[${shape.map(showDimension).join(', ')}]`;
}

/**
 * The batch that makes an axis as long as it is.
 *
 * @throws OptionError if none does
 */
export function batchOf(dimension: Dimension, length: number, where: string): number | undefined {
  if (isFixed(dimension)) {
    if (dimension === length) return undefined;
  } else {
    const B = (length - dimension.plus) / dimension.perBatch;
    if (Number.isInteger(B) && B > 0) return B;
  }
  throw new OptionError(`${where}: expected a length of ${showDimension(dimension)}, got ${length}`);
}
