/** Choosing the strength of logistic regression by a part of the images that is kept back. */
import { integer, type OptionsOf, readOptions, value } from '../../options/rows.ts';
import { TorchGenerator } from '../../random/torch-generator.ts';
import { evaluateClassification } from './evaluate-classification.ts';
import { type LabelledFeatures, requireLabelled, takeRows } from './labelled-features.ts';
import { designOf, FIT_OPTIONS, fitAt, type LogisticRegression } from './logistic-regression.ts';

/** Meta's 45 strengths, 10⁻⁶ to 10⁵. */
export const META_STRENGTHS: readonly number[] = Array.from(
  { length: 45 },
  (_, i) => 10 ** ((11 * i) / 44 - 6),
);

/** How a strength is chosen. */
export const SWEEP_OPTIONS = {
  /** strengths to try, in this order; default Meta's 45 from 1e-6 to 1e5 */
  strengths: value<readonly number[]>({
    accepts: (given) =>
      Array.isArray(given) && given.length > 0 && given.every((C) => Number.isFinite(C) && C > 0),
    refusal: ' must be a list of positive numbers',
  }),
  /** images to choose by; default: a random tenth of the training images */
  validation: value<LabelledFeatures>(),
  /** of the random tenth; default 0, Meta's */
  seed: integer({ default: 0 }),
  ...FIT_OPTIONS,
};

/** How a strength is chosen. */
export interface SweepOptions extends OptionsOf<typeof SWEEP_OPTIONS> {}

/** What a sweep found. */
export interface LogisticSweep {
  /** fitted to all images with the best strength */
  readonly classifier: LogisticRegression;
  /** the accuracy on the images kept back, at each strength */
  readonly tried: readonly { readonly C: number; readonly accuracy: number }[];
}

/**
 * Fits at each strength, keeps the first with the best accuracy on images it hasn't seen, and fits to all images with it. Each fit
 * begins where the last one ended, so that a sweep costs a few fits.
 *
 * Source: facebookresearch/dinov2, `dinov2/eval/log_regression.py`: the same strengths, the same tenth of the images for a seed,
 * and no scaling of features; but each fit goes to its minimum.
 *
 * @param train borrowed
 * @throws OptionError as `fitLogisticRegression` does, also where a class has its only images in the tenth that is kept back
 */
export function sweepLogisticRegression(train: LabelledFeatures, options: SweepOptions = {}): LogisticSweep {
  const where = 'sweepLogisticRegression';
  const { strengths = META_STRENGTHS, validation, seed, ...fit } = readOptions(where, options, SWEEP_OPTIONS);
  const { count, numClasses } = requireLabelled(where, train);
  const all = { ...train, numClasses };
  const order = new TorchGenerator(seed).randperm(count);
  const tenth = Math.floor(count / 10);
  const held = validation ?? takeRows(all, order.subarray(0, tenth));
  const rest = validation === undefined ? takeRows(all, order.subarray(tenth)) : all;
  const design = designOf(where, rest);
  let last: LogisticRegression | undefined;
  const fits = strengths.map((C) => {
    last = fitAt(design, C, fit, last);
    const { accuracy } = evaluateClassification(last.scores(held.features), held.labels, numClasses);
    return { classifier: last, C, accuracy };
  });
  const best = fits.reduce((so, each) => (each.accuracy > so.accuracy ? each : so));
  return {
    classifier: fitAt(designOf(where, all), best.C, fit, best.classifier),
    tried: fits.map(({ C, accuracy }) => ({ C, accuracy })),
  };
}
