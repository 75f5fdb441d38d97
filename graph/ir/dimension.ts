/** Sizes that may depend on the size of the batch. */
import { OptionError } from '../../errors/errors.ts';

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
  return shape.reduce<number>((product, dimension) => product * sizeAt(dimension, B), 1);
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
