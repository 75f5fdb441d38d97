/** How good scores of classes are, where an image may have several. */
import { OptionError } from '../../errors/errors.ts';
import { type ClassQuality, qualityOf, requireScores } from './evaluate-classification.ts';

/** How good a classifier is that gives each image any number of classes. */
export interface MultiLabelQuality {
  /** F1 of all decisions together */
  readonly microF1: number;
  /** the mean F1 of the classes */
  readonly macroF1: number;
  /** the mean of `averagePrecision` over classes that have an image; NaN where none has */
  readonly meanAveragePrecision: number;
  /** for each class, NaN where no image has it */
  readonly averagePrecision: readonly number[];
  readonly perClass: readonly ClassQuality[];
}

/**
 * Compares scores with sets of classes.
 *
 * Source: scikit-learn 1.9, `f1_score` and `average_precision_score`; classes without an image are left out of the mean, which
 * scikit-learn counts as 0.
 *
 * @param scores [n, C]; logits, or probabilities with the threshold 0.5
 * @param targets [n, C], 1 for each class of an image, else 0
 * @param threshold above which a class is said to be an image's; default 0, for logits
 * @throws OptionError if sizes don't fit, a score is NaN, or a target is neither 0 nor 1
 */
export function evaluateMultiLabel(
  scores: Float64Array,
  targets: ArrayLike<number>,
  numClasses: number,
  threshold = 0,
): MultiLabelQuality {
  const where = 'evaluateMultiLabel';
  const count = requireScores(where, scores, numClasses);
  const odd = Array.from(targets).find((target) => target !== 0 && target !== 1);
  if (targets.length !== scores.length || odd !== undefined) {
    const got = odd === undefined ? `${targets.length} targets` : `${odd}`;
    throw new OptionError(`${where}: expected 0 or 1 for each of ${scores.length} scores, got ${got}`);
  }
  const columns = Array.from({ length: numClasses }, (_, label) =>
    Array.from({ length: count }, (_, i) => ({
      score: scores[i * numClasses + label]!,
      isRight: targets[i * numClasses + label] === 1,
    })),
  );
  const counted = columns.map((column) => {
    const answered = column.filter(({ score }) => score > threshold);
    const right = answered.filter(({ isRight }) => isRight).length;
    return [right, answered.length, column.filter(({ isRight }) => isRight).length] as const;
  });
  const perClass = counted.map((each) => qualityOf(...each));
  const sum = (place: 0 | 1 | 2): number => counted.reduce((all, each) => all + each[place], 0);
  const averagePrecision = columns.map(averagePrecisionOf);
  return {
    microF1: qualityOf(sum(0), sum(1), sum(2)).f1,
    macroF1: mean(perClass.map(({ f1 }) => f1)),
    meanAveragePrecision: mean(averagePrecision.filter((each) => !Number.isNaN(each))),
    averagePrecision,
    perClass,
  };
}

/** Σ (recall gained) · precision, from the highest score down; equal scores are taken together. */
function averagePrecisionOf(column: readonly { score: number; isRight: boolean }[]): number {
  const ranked = [...column].sort((a, b) => b.score - a.score);
  const support = ranked.filter(({ isRight }) => isRight).length;
  let sum = 0;
  let right = 0;
  let before = 0;
  for (const [i, { score, isRight }] of ranked.entries()) {
    if (isRight) right++;
    if (ranked[i + 1]?.score === score) continue;
    sum += ((right - before) / support) * (right / (i + 1));
    before = right;
  }
  return support === 0 ? Number.NaN : sum;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
