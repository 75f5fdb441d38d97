/** How good scores of classes are, where each image has one class. */
import { OptionError } from '../../errors/errors.ts';
import { requireLabels } from './labelled-features.ts';
import { bestClasses } from './linear-classifier.ts';

/** How well one class is told from the others. */
export interface ClassQuality {
  /** of the images said to be of this class, the part that are; 0 where there is none */
  readonly precision: number;
  /** of the images of this class, the part that is said to be; 0 where there is none */
  readonly recall: number;
  /** the harmonic mean of both; 0 where both are 0 */
  readonly f1: number;
  /** images of this class */
  readonly support: number;
}

/** How good a classifier is. */
export interface ClassificationQuality {
  /** the part of images whose best class is their label */
  readonly accuracy: number;
  /** the part of images whose label is among the five best classes */
  readonly top5: number;
  readonly perClass: readonly ClassQuality[];
  /** the mean F1 of the classes that occur among labels or answers */
  readonly macroF1: number;
  /** images by their label, then by the class they are said to be of */
  readonly confusion: readonly (readonly number[])[];
}

/**
 * Compares scores with labels; of equal scores the first class is the best.
 *
 * Source: scikit-learn 1.9, `precision_recall_fscore_support`, `f1_score`, `confusion_matrix`.
 *
 * @param scores [n, C], logits, probabilities or votes
 * @param labels [n]
 * @throws OptionError if sizes don't fit, a label is no class, or a score is NaN
 */
export function evaluateClassification(
  scores: Float64Array,
  labels: Int32Array,
  numClasses: number,
): ClassificationQuality {
  const where = 'evaluateClassification';
  requireLabels(where, labels, requireScores(where, scores, numClasses), numClasses);
  const answers = bestClasses(scores, numClasses);
  const confusion = Array.from({ length: numClasses }, () => new Array<number>(numClasses).fill(0));
  for (const [i, label] of labels.entries()) {
    const row = confusion[label]!;
    row[answers[i]!] = row[answers[i]!]! + 1;
  }
  const perClass = confusion.map((row, label) => {
    const right = row[label]!;
    return qualityOf(right, total(confusion.map((each) => each[label]!)), total(row));
  });
  const seen = perClass.filter((_, label) => labels.includes(label) || answers.includes(label));
  return {
    accuracy: total(confusion.map((row, label) => row[label]!)) / labels.length,
    top5: topAccuracy(scores, labels, numClasses, 5),
    perClass,
    macroF1: total(seen.map(({ f1 }) => f1)) / seen.length,
    confusion,
  };
}

/**
 * The part of images whose label is among the `k` best classes; of equal scores the first class is the better.
 *
 * @param scores [n, C]
 * @param labels [n]
 */
export function topAccuracy(scores: Float64Array, labels: Int32Array, numClasses: number, k: number): number {
  const found = labels.filter((label, i) => {
    const row = scores.subarray(i * numClasses, (i + 1) * numClasses);
    const own = row[label]!;
    return row.filter((score, other) => score > own || (score === own && other < label)).length < k;
  });
  return found.length / labels.length;
}

/**
 * How many rows of scores there are.
 *
 * @throws OptionError if there are none, or no whole rows, or one is NaN
 */
export function requireScores(where: string, scores: Float64Array, numClasses: number): number {
  const count = scores.length / numClasses;
  if (!(Number.isSafeInteger(count) && count >= 1)) {
    throw new OptionError(
      `${where}: expected rows of ${numClasses} scores, got ${scores.length} scores in all`,
    );
  }
  const odd = scores.findIndex(Number.isNaN);
  if (odd >= 0) {
    throw new OptionError(
      `${where}: expected scores that are numbers, got NaN in row ${Math.floor(odd / numClasses)}`,
    );
  }
  return count;
}

/** @param right how many answers are right, of how many `answered` and of how many there are (`support`) */
export function qualityOf(right: number, answered: number, support: number): ClassQuality {
  const part = (of: number): number => (of === 0 ? 0 : right / of);
  const f1 = answered + support === 0 ? 0 : (2 * right) / (answered + support);
  return { precision: part(answered), recall: part(support), f1, support };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
