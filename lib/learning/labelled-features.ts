/** Features with labels, as all that learns on top of a frozen model takes them. */
import { OptionError, ShapeError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { gatherRows } from './gather-rows.ts';

/** One vector and one class for each image. */
export interface LabelledFeatures {
  /** [n, D] row-major, as `embed` gives them */
  readonly features: Float32Array;
  /** D */
  readonly dim: number;
  /** [n], classes from 0 */
  readonly labels: Int32Array;
  /** default: the largest label and one more */
  readonly numClasses?: number;
}

/**
 * How many vectors there are.
 *
 * @param features [n, D]
 * @throws ShapeError if there are none, or not whole vectors; OptionError naming the first that is not finite
 */
export function requireFeatures(where: string, features: Float32Array, dim: number): number {
  const count = features.length / dim;
  if (!(Number.isSafeInteger(dim) && dim >= 1 && Number.isSafeInteger(count) && count >= 1)) {
    throw new ShapeError(
      `${where}: expected at least one vector of dim values each, got ${features.length} values and dim ${shown(dim)}`,
    );
  }
  const odd = features.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0) {
    throw new OptionError(
      `${where}: expected features that are finite, got ${features[odd]} in vector ${Math.floor(odd / dim)}; leave that image out`,
    );
  }
  return count;
}

/**
 * How many classes there are.
 *
 * @param labels [n]
 * @param count n
 * @throws OptionError if there are more or fewer labels than vectors; naming the first that is no class
 */
export function requireLabels(
  where: string,
  labels: Int32Array,
  count: number,
  numClasses = labels.reduce((most, label) => Math.max(most, label), 0) + 1,
): number {
  if (labels.length !== count) {
    throw new OptionError(`${where}: expected a label for each of ${count} images, got ${labels.length}`);
  }
  const odd = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < numClasses));
  if (odd >= 0) {
    throw new OptionError(
      `${where}: expected labels from 0 to ${numClasses - 1}, got ${labels[odd]} of image ${odd}`,
    );
  }
  return numClasses;
}

/**
 * Sizes of features with labels.
 *
 * @throws what `requireFeatures` and `requireLabels` throw
 */
export function requireLabelled(
  where: string,
  { features, dim, labels, numClasses }: LabelledFeatures,
): { count: number; numClasses: number } {
  const count = requireFeatures(where, features, dim);
  return { count, numClasses: requireLabels(where, labels, count, numClasses) };
}

/**
 * Refuses what a classifier with a row of weights for each class can't be fitted to.
 *
 * @throws OptionError if there are fewer than two classes, or one without an image
 */
export function requireEveryClass(where: string, labels: Int32Array, numClasses: number): void {
  if (numClasses < 2) {
    throw new OptionError(`${where}: expected at least two classes, got one; there is nothing to tell apart`);
  }
  const seen = new Set(labels);
  for (let label = 0; label < numClasses; label++) {
    if (seen.has(label)) continue;
    throw new OptionError(
      `${where}: expected an image of each of ${numClasses} classes, got none of class ${label}; number the classes without gaps, or give it images`,
    );
  }
}

/** Those vectors and labels that `rows` names, in its order. */
export function takeRows(
  { features, dim, labels, ...rest }: LabelledFeatures,
  rows: Int32Array,
): LabelledFeatures {
  return { ...rest, features: gatherRows(features, dim, rows), dim, labels: rows.map((row) => labels[row]!) };
}
