/** Classification by the nearest training images, with Meta's protocol. */
import { OptionError } from '../../errors/errors.ts';
import { nonNegative, type OptionsOf, type Row, readOptions } from '../../options/rows.ts';
import { timesTransposed } from '../products/times-transposed.ts';
import { type LabelledFeatures, requireFeatures, requireLabelled } from './labelled-features.ts';
import { largest } from './largest.ts';

/** Meta's numbers of neighbours. */
const NEIGHBOURS = [10, 20, 100, 200];
/** Queries that are compared with all training images at once. */
const BLOCK = 64;

/** How neighbours vote. */
export const KNN_OPTIONS = {
  /** numbers of neighbours, for each of which there is an answer; default: those of 10, 20, 100 and 200 that there are images for */
  k: counts(),
  /** similarities are divided by it before their softmax; default 0.07 */
  temperature: nonNegative({
    default: 0.07,
    flag: '--temperature <number>',
    help: 'what similarities are divided by before they vote',
    accepts: (given) => typeof given === 'number' && given > 0 && given < Infinity,
    refusal: ' must be a positive number',
  }),
};

/** How neighbours vote. */
export interface KnnOptions extends OptionsOf<typeof KNN_OPTIONS> {}

/** Nearest training images of some vectors. */
export interface Neighbours {
  /** [n, k], the nearest first; of equally near ones the first first */
  readonly indices: Int32Array;
  /** [n, k], cosines */
  readonly similarities: Float64Array;
}

/**
 * Keeps training images to compare others with.
 *
 * @param train borrowed; any class may be without an image
 * @throws OptionError on labels or features that can't be used, and where `k` is more than the training images
 */
export function fitKnn(train: LabelledFeatures, options: KnnOptions = {}): KnnClassifier {
  const { k, temperature } = readOptions('fitKnn', options, KNN_OPTIONS);
  const { count } = requireLabelled('fitKnn', train);
  const fitting = NEIGHBOURS.filter((each) => each <= count);
  return new KnnClassifier(train, k ?? (fitting.length > 0 ? fitting : [count]), temperature);
}

/**
 * Votes of the nearest training images: cosines to all of them, the softmax of the nearest `max(k)` divided by the temperature, and
 * for each `k` the sum of the first `k` weights of each class. So the votes of a smaller `k` don't sum to 1. In float64.
 *
 * Source: facebookresearch/dinov2, `dinov2/eval/knn.py`, which leaves open which of equally near images comes first.
 */
export class KnnClassifier {
  readonly k: readonly number[];
  readonly temperature: number;
  readonly dim: number;
  /** the largest label and one more, or what the training set says */
  numClasses = 0;
  /** [n, D], each of length 1 */
  private vectors: Float64Array = new Float64Array(0);
  private labels: Int32Array = new Int32Array(0);

  constructor(train: LabelledFeatures, k: readonly number[], temperature: number) {
    this.k = k;
    this.temperature = temperature;
    this.dim = train.dim;
    this.add(train);
    this.requireImages('fitKnn', Math.max(...k));
  }

  /** How many training images there are. */
  get count(): number {
    return this.labels.length;
  }

  /**
   * Adds training images, of new classes too. Nothing is fitted anew: answers are those of all images given at once.
   *
   * @throws OptionError on labels or features that can't be used
   */
  add(more: LabelledFeatures): void {
    const { numClasses } = requireLabelled('KnnClassifier.add', more);
    this.requireDim(more.dim);
    this.numClasses = Math.max(this.numClasses, numClasses);
    this.vectors = joined(Float64Array, this.vectors, unitRows(more.features, more.dim));
    this.labels = joined(Int32Array, this.labels, more.labels);
  }

  /**
   * The training images nearest to each vector.
   *
   * @param features [n, D]
   * @throws OptionError if `k` is more than the training images, or features can't be used
   */
  neighbours(features: Float32Array, k: number): Neighbours {
    this.requireImages('neighbours', k);
    const count = requireFeatures('KnnClassifier', features, this.dim);
    const queries = unitRows(features, this.dim);
    const indices = new Int32Array(count * k);
    const similarities = new Float64Array(count * k);
    for (let start = 0; start < count; start += BLOCK) {
      const block = queries.subarray(start * this.dim, (start + BLOCK) * this.dim);
      const cosines = timesTransposed(block, this.vectors, this.dim);
      for (let i = 0; i * this.count < cosines.length; i++) {
        const row = cosines.subarray(i * this.count, (i + 1) * this.count);
        const nearest = largest(row, k);
        indices.set(nearest, (start + i) * k);
        similarities.set(
          Float64Array.from(nearest, (each) => row[each]!),
          (start + i) * k,
        );
      }
    }
    return { indices, similarities };
  }

  /**
   * The votes for each class, by the number of neighbours.
   *
   * @param features [n, D]
   * @returns for each `k` [n, C]
   * @throws OptionError on features that can't be used
   */
  probabilities(features: Float32Array): Map<number, Float64Array> {
    const most = Math.max(...this.k);
    const { indices, similarities } = this.neighbours(features, most);
    const count = indices.length / most;
    const votes = new Map(this.k.map((k) => [k, new Float64Array(count * this.numClasses)]));
    for (let i = 0; i < count; i++) {
      const near = similarities.subarray(i * most, (i + 1) * most);
      const weights = near.map((cosine) => Math.exp((cosine - near[0]!) / this.temperature));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      for (const [k, all] of votes) {
        for (let j = 0; j < k; j++) {
          const place = i * this.numClasses + this.labels[indices[i * most + j]!]!;
          all[place] = all[place]! + weights[j]! / total;
        }
      }
    }
    return votes;
  }

  private requireImages(where: string, k: number): void {
    if (k > this.count) {
      throw new OptionError(
        `${where}: expected k of at most the ${this.count} training images, got ${k}; take fewer neighbours`,
      );
    }
  }

  private requireDim(dim: number): void {
    if (dim !== this.dim) {
      throw new OptionError(`KnnClassifier.add: expected vectors of ${this.dim} values, got ${dim}`);
    }
  }
}

/** Rows divided by their Euclidean length. */
function unitRows(rows: Float32Array, dim: number): Float64Array {
  const unit = Float64Array.from(rows);
  for (let start = 0; start < unit.length; start += dim) {
    const row = unit.subarray(start, start + dim);
    let squares = 0;
    for (const value of row) squares += value * value;
    const length = Math.max(Math.sqrt(squares), 1e-12);
    for (let i = 0; i < dim; i++) row[i] = row[i]! / length;
  }
  return unit;
}

function joined<Values extends Float64Array | Int32Array>(
  Kind: new (length: number) => Values,
  first: Values,
  second: Values,
): Values {
  const all = new Kind(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

/** Positive integers; on a command line with commas between. */
function counts(): Row<readonly number[]> {
  const accepts = (given: unknown): given is readonly number[] =>
    Array.isArray(given) && given.length > 0 && given.every((k) => Number.isSafeInteger(k) && k >= 1);
  return {
    flag: '-k, --neighbours <n,…>',
    help: 'numbers of nearest images that vote (default: 10,20,100,200)',
    refusal: ' must be a list of positive integers',
    accepts,
    parse(written) {
      const read = written.split(',').map(Number);
      if (!accepts(read)) throw new OptionError('expected positive integers with commas between');
      return read;
    },
  };
}
