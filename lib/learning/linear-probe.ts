/** Meta's linear evaluation: many linear heads on frozen features at once, the best of which is kept. */
import { ensureBackend } from '../../backends/devices.ts';
import { OptionError } from '../../errors/errors.ts';
import { integer, type OptionsOf, positiveInteger, readOptions, value } from '../../options/rows.ts';
import { TorchGenerator } from '../../random/torch-generator.ts';
import { requireEveryClass } from './labelled-features.ts';
import type { LinearClassifier } from './linear-classifier.ts';
import { endlessOrder } from './probe-batches.ts';
import { type ProbeFeatures, type ProbeInput, requireProbeFeatures } from './probe-features.ts';
import { probeParts, sideBySide } from './probe-parts.ts';
import { ProbeTrainer } from './probe-trainer.ts';
import { headOf, initialWeights } from './probe-weights.ts';

/** Meta's learning rates, for a batch of 256. */
const LEARNING_RATES = [1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1];
const BLOCKS = [1, 4];
/** The batch that learning rates are said for. */
const BATCH_OF_RATES = 256;
/** Steps of an epoch at least, so that heads of few images are trained too. */
const LEAST_STEPS = 10;

/** How heads are trained. */
export const PROBE_OPTIONS = {
  /** learning rates for a batch of 256; default Meta's 13 from 1e-5 to 0.1 */
  learningRates: value<readonly number[]>({
    accepts: (given) =>
      Array.isArray(given) && given.length > 0 && given.every((rate) => Number.isFinite(rate) && rate > 0),
    refusal: ' must be a list of positive numbers',
  }),
  /** CLS tokens of how many last blocks a head sees; default 1 and, where there are so many, 4 */
  blocks: value<readonly number[]>({
    accepts: (given) =>
      Array.isArray(given) && given.length > 0 && given.every((n) => Number.isSafeInteger(n) && n > 0),
    refusal: ' must be a list of positive integers',
  }),
  /** default 10 */
  epochs: positiveInteger({ default: 10, flag: '--epochs <n>', help: 'passes over the images' }),
  /** images of a step, or all if there are fewer; default 128 */
  batchSize: positiveInteger({ default: 128, flag: '--batch-size <n>', help: 'images of a step' }),
  /** of the weights at the start and the order of images, as torch has them; default 0 */
  seed: integer({
    default: 0,
    flag: '--seed <n>',
    help: 'of the first weights and the order of images',
  }),
};

/** How heads are trained. */
export interface ProbeOptions extends OptionsOf<typeof PROBE_OPTIONS> {}

/** A head, and how good it is. */
export interface ProbeHead extends ProbeInput {
  /** of vectors of the CLS tokens, the earliest block first, then the mean of patches if it sees it */
  readonly classifier: LinearClassifier;
  /** as it was given, for a batch of 256 */
  readonly learningRate: number;
  /** on the validation images */
  readonly accuracy: number;
}

/** What a linear evaluation found. */
export interface LinearProbe {
  /** the first of those with the best accuracy */
  readonly best: ProbeHead;
  /** of each number of blocks, without and with the mean of patches, each learning rate */
  readonly all: readonly ProbeHead[];
}

/**
 * Trains a linear head for each number of blocks, with and without the mean of patches, and each learning rate: SGD with
 * momentum 0.9, no decay, and a cosine schedule down to 0. Weights start, and images come, as torch draws them from the seed.
 * For 2,000 images of 384 values that is 24 billion multiply-adds, so it runs on the current device of TF.js, in float32 as Meta's.
 *
 * Source: facebookresearch/dinov2, `dinov2/eval/linear.py`, which sees new crops of an image in each pass where this sees the
 * same features, and whose epochs have 1,250 steps where these have those of one pass, or 10 if that is more.
 *
 * @param train borrowed; of each class at least one image
 * @param validation by which the best is chosen, with as many layers
 * @throws OptionError if a class has no image, there is only one, blocks are asked for that are not there, or features can't be used
 */
export async function fitLinearProbe(
  train: ProbeFeatures,
  validation: ProbeFeatures,
  options: ProbeOptions = {},
): Promise<LinearProbe> {
  const where = 'fitLinearProbe';
  const read = readOptions(where, options, PROBE_OPTIONS);
  const { count, numClasses } = requireProbeFeatures(where, train);
  requireEveryClass(where, train.labels, numClasses);
  requireProbeFeatures(`${where}: validation`, { ...validation, numClasses });
  const layers = Math.min(train.layers.length, validation.layers.length);
  const { learningRates = LEARNING_RATES, blocks = BLOCKS.filter((n) => n <= layers) } = read;
  const missing = blocks.find((n) => n > layers);
  if (missing !== undefined || blocks.length === 0 || train.dim !== validation.dim) {
    throw new OptionError(
      `${where}: expected layers of ${missing ?? 1} blocks with vectors of one size for training and validation, got ${train.layers.length} of ${train.dim} and ${validation.layers.length} of ${validation.dim}`,
    );
  }
  await ensureBackend();
  const batchSize = Math.min(read.batchSize, count);
  const inputs = sideBySide(blocks);
  const order = [...new Set(blocks)].flatMap((n) =>
    inputs.flatMap((input, i) => (input.blocks === n ? [i] : [])),
  );
  const layout = { parts: probeParts(train, blocks), numRates: learningRates.length, numClasses };
  const rates = inputs.flatMap(() => learningRates.map((rate) => (rate * batchSize) / BATCH_OF_RATES));
  const starts = initialWeights(layout, order, new TorchGenerator(read.seed));
  const trainer = new ProbeTrainer(layout.parts, starts, rates, numClasses);
  try {
    const steps = read.epochs * Math.max(LEAST_STEPS, Math.ceil(count / batchSize));
    const images = endlessOrder(count, read.seed);
    for (let step = 0; step < steps; step++) {
      const batch = Int32Array.from({ length: batchSize }, () => images.next().value);
      const labels = batch.map((image) => train.labels[image]!);
      trainer.step(batch, labels, (1 + Math.cos((Math.PI * step) / steps)) / 2);
    }
    const scores = await trainer.scores(probeParts(validation, blocks));
    const weights = await trainer.weights();
    const all = order.flatMap((input) =>
      learningRates.map((learningRate, rate): ProbeHead => {
        const head = input * learningRates.length + rate;
        return {
          ...inputs[input]!,
          classifier: headOf(layout, weights, input, rate),
          learningRate,
          accuracy: accuracyOf(head * numClasses, numClasses, scores, validation.labels),
        };
      }),
    );
    return { best: all.reduce((best, head) => (head.accuracy > best.accuracy ? head : best)), all };
  } finally {
    trainer.dispose();
  }
}

/** Of the head whose scores begin at a column; one whose scores are NaN is never right. */
function accuracyOf(column: number, numClasses: number, scores: Float32Array, labels: Int32Array): number {
  const outputs = scores.length / labels.length;
  const right = labels.filter((label, i) => {
    const row = scores.subarray(i * outputs + column, i * outputs + column + numClasses);
    return row.indexOf(row.reduce((most, score) => Math.max(most, score))) === label;
  });
  return right.length / labels.length;
}
