/** How a model is trained. */
import { OptionError } from '../../errors/errors.ts';
import { AUGMENT_OPTIONS } from '../../images/augment/augment.ts';
import { BitImageProcessor } from '../../images/image-processor.ts';
import { isObject } from '../../options/json-object.ts';
import {
  bool,
  choice,
  integer,
  nonNegative,
  type OptionsOf,
  positiveInteger,
  type Row,
  text,
  value,
} from '../../options/rows.ts';
import type { Dataset } from '../datasets/dataset.ts';
import type { TrainableParts } from '../model/trainable-names.ts';
import { SCHEDULES } from './learning-rate.ts';
import type { LoraOptions } from './lora/lora-options.ts';
import type { EvaluationRow, StepProgress } from './training-log.ts';

/** What changes the parameters. */
const OPTIMISERS = ['adamw', 'sgd'] as const;

/** What tells which weights are the best. */
export const METRICS = ['accuracy', 'macroF1', 'loss'] as const;

/** One of `METRICS`. */
export type Metric = (typeof METRICS)[number];

/** The parts that text names: `head`, `all`, `lora`, `last-2`, or names with commas between. */
function partsOf(written: string): TrainableParts | 'lora' {
  const last = /^last[- ](\d+)$/.exec(written.trim())?.[1];
  if (last !== undefined) return `last ${Number(last)}`;
  if (written === 'all' || written === 'head' || written === 'lora') return written;
  const names = written.split(',').map((name) => name.trim());
  if (names.includes(''))
    throw new OptionError('expected head, last-2, all, lora, or names with commas between');
  return names;
}

const fraction = (declared: { default: number; flag: string; help: string }): Row<number, number> => ({
  ...nonNegative(declared),
  refusal: ' must be a number from 0 to below 1',
  accepts: (given) => typeof given === 'number' && given >= 0 && given < 1,
});

/** Looked at before anything is computed, which would be lost with a wrong one. */
const callback = <Callback>(): Row<Callback> =>
  value({ accepts: (given) => typeof given === 'function', refusal: ' must be a function' });

/** What is trained, and how: what the result depends on. A run that goes on after another must have the same. */
export const LEARNING_OPTIONS = {
  /**
   * which parameters are trained, as `model.trainable` takes them; or `lora` for low-rank adapters and the head; default `head`, whose
   * features are computed once where images are not augmented
   */
  trainable: value<TrainableParts | 'lora'>({
    flag: '--trainable <parts>',
    help: 'head, last-2 (blocks, with norm and head), all, lora, or names with commas between (default: "head")',
    parse: partsOf,
  }),
  /** of the adapters that `lora` trains, as `addLora` takes them; their seed is that of the training unless it is given */
  lora: value<LoraOptions>({ accepts: isObject, refusal: ': expected an object' }),
  /** how often each image is learnt from; default 3 */
  epochs: positiveInteger({ default: 3, flag: '--epochs <n>', help: 'how often each image is learnt from' }),
  /** how many steps are made, whatever `epochs` says */
  maxSteps: positiveInteger({ flag: '--max-steps <n>', help: 'how many steps, in place of --epochs' }),
  /** images that are computed at once; default 8 */
  batchSize: positiveInteger({ default: 8, flag: '--batch-size <n>', help: 'images computed at once' }),
  /** batches of which a step is made; default 1 */
  accumulate: positiveInteger({ default: 1, flag: '--accumulate <n>', help: 'batches of one step' }),
  /** default `adamw` */
  optimiser: choice(OPTIMISERS, {
    default: 'adamw',
    flag: '--optimiser <name>',
    help: 'what changes the weights',
  }),
  /** the largest learning rate; default 0.001 for the head alone and for `lora`, else 0.00005 */
  learningRate: nonNegative({
    flag: '--learning-rate <rate>',
    help: 'the largest learning rate (default: 0.001 for the head alone and for lora, else 0.00005)',
  }),
  /** of all but biases and norms; default 0 */
  weightDecay: nonNegative({
    default: 0,
    flag: '--weight-decay <rate>',
    help: 'of all but biases and norms',
  }),
  /** of `sgd`; default 0.9 */
  momentum: fraction({ default: 0.9, flag: '--momentum <part>', help: 'of the optimiser sgd' }),
  /** what the learning rate is multiplied by from one block to the one below; default 1 */
  layerDecay: nonNegative({
    default: 1,
    flag: '--layer-decay <factor>',
    help: 'learning rate of a block, as a part of that of the next',
  }),
  /** how the learning rate goes down: `linear`, `cosine`, `constant`; default `linear` */
  schedule: choice(SCHEDULES, {
    default: 'linear',
    flag: '--schedule <name>',
    help: 'how the learning rate goes down',
  }),
  /** steps in which the learning rate grows, or, below 1, the part of all steps; default 0 */
  warmup: nonNegative({
    default: 0,
    flag: '--warmup <steps>',
    help: 'steps of growing learning rate; below 1 a part of all',
  }),
  /** the length that gradients are cut to, 0 for none; default 1 */
  clip: nonNegative({ default: 1, flag: '--clip <length>', help: 'longest gradient; 0: any' }),
  /** how much of each label is spread over all; default 0 */
  labelSmoothing: fraction({
    default: 0,
    flag: '--label-smoothing <part>',
    help: 'how much of each label is spread over all',
  }),
  /** whether each epoch has other crops of the images, mirrored or not, as the options below say; default false */
  augment: bool({ default: false, flag: '--augment', help: 'learn from random crops, mirrored or not' }),
  ...AUGMENT_OPTIONS,
  /** of the order of images and all that is random; the order is that of transformers' Trainer; default 42 */
  seed: integer({
    flag: '--seed <n>',
    help: 'of the order of images and all that is random (default: 42)',
  }),
};

/** How a training is followed, judged and kept. */
export const TRAIN_OPTIONS = {
  ...LEARNING_OPTIONS,
  /** what prepares images, which also goes into the output; default DINOv2's settings */
  processor: value<BitImageProcessor>({
    accepts: (given) => given instanceof BitImageProcessor,
    refusal: ': expected a BitImageProcessor',
  }),
  /** images with the same classes, on which the model is evaluated after each epoch; the best weights are what remains then */
  validation: value<Dataset>(),
  /** what the best is found by; default `accuracy`, where there are single labels, else `loss` */
  metric: choice(METRICS, { flag: '--metric <name>', help: 'what the best weights are found by' }),
  /** epochs without improvement after which training ends early; default never */
  patience: positiveInteger({
    flag: '--patience <n>',
    help: 'epochs without improvement after which training ends (default: never)',
  }),
  /** what counts as improvement; default any */
  threshold: nonNegative({
    default: 0,
    flag: '--threshold <difference>',
    help: 'what counts as improvement',
  }),
  /** in Node, the folder for checkpoints after each epoch and the model at the end; default none */
  output: text(),
  /** how many steps are between two checkpoints; default an epoch */
  saveSteps: positiveInteger({
    flag: '--save-steps <n>',
    help: 'steps between two checkpoints (default: an epoch)',
  }),
  /** how many checkpoints are kept: the last ones, and the best; default 2 */
  saveTotalLimit: positiveInteger({
    default: 2,
    flag: '--save-total-limit <n>',
    help: 'checkpoints that are kept',
  }),
  /** go on from the last checkpoint of the output, to the same weights as without stopping; default false */
  resume: bool({ default: false, flag: '--resume', help: 'go on from the last checkpoint in the output' }),
  /** whether a model and checkpoints in the output may be replaced; default false */
  overwrite: bool({ default: false, flag: '--overwrite', help: 'replace what is in the output' }),
  /** ends the training after the step that is under way, and keeps a checkpoint of it */
  signal: value<AbortSignal>({
    accepts: (given) => given instanceof AbortSignal,
    refusal: ': expected an AbortSignal',
  }),
  /** where a head is trained alone: told, before the first step, how many images are read, and how many there are */
  onImage: callback<(done: number, total: number) => void>(),
  /** told of each step */
  onStep: callback<(progress: StepProgress) => void>(),
  /** told of each evaluation */
  onEvaluation: callback<(row: EvaluationRow) => void>(),
  /** told what goes on otherwise than one may expect; default `console.warn` */
  onWarning: callback<(message: string) => void>(),
};

/** How a model is trained. */
export interface TrainOptions extends OptionsOf<typeof TRAIN_OPTIONS> {}
