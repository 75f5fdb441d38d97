/** A training before its first step: its options, its data and its model, found to fit one another. */
import { Dinov2Error, OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { BitImageProcessor } from '../../images/image-processor.ts';
import { type ReadOptions, readOptions } from '../../options/rows.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { Labels } from '../datasets/model-labels.ts';
import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import type { ProblemType } from '../model/model-config.ts';
import { PreTrainedModel } from '../model/pretrained-model.ts';
import type { LearningRateCourse } from './learning-rate.ts';
import { addLora } from './lora/add-lora.ts';
import type { LoraAdapters } from './lora/lora-adapters.ts';
import type { LoraOptions } from './lora/lora-options.ts';
import { METRICS, type Metric, TRAIN_OPTIONS, type TrainOptions } from './train-options.ts';
import { TrainingPlan } from './training-plan.ts';

type Read = ReadOptions<typeof TRAIN_OPTIONS>;

/** All that a training is made of. */
export interface TrainingSettings extends Omit<Read, 'trainable' | 'learningRate' | 'seed' | 'processor'> {
  readonly model: Dinov2ForImageClassification;
  readonly dataset: Dataset;
  readonly labels: Labels;
  readonly validationLabels: Labels | undefined;
  readonly problemType: ProblemType;
  /** the names of what is trained */
  readonly names: readonly string[];
  readonly headOnly: boolean;
  /** what was put on the model to be trained, and is merged into it at the end */
  readonly adapters: LoraAdapters | undefined;
  readonly plan: TrainingPlan;
  readonly course: LearningRateCourse;
  readonly trainable: NonNullable<Read['trainable']>;
  readonly learningRate: number;
  readonly seed: number;
  readonly processor: BitImageProcessor;
  readonly metric: Metric;
  readonly warn: (message: string) => void;
}

const METRICS_OF: Readonly<Record<ProblemType, readonly Metric[]>> = {
  single_label_classification: METRICS,
  multi_label_classification: ['macroF1', 'loss'],
  regression: ['loss'],
};

/** of matrices that begin at random or at zero */
const NEW_RATE = 1e-3;
const USUAL_RATE = 5e-5;
const SEED = 42;

/**
 * Reads options, and says to the model what is trained; adapters are put on it last.
 *
 * @throws OptionError, DatasetError if options, data and model don't fit
 */
export function trainingSettings(
  model: Dinov2ForImageClassification,
  dataset: Dataset,
  options: TrainOptions,
): TrainingSettings {
  const read = readOptions('train', options, TRAIN_OPTIONS);
  const { trainable = 'head', seed = SEED, validation, schedule } = read;
  requireClassifier(model);
  if (read.lora !== undefined && trainable !== 'lora') {
    throw new OptionError(`train: lora is of trainable 'lora', got trainable ${shown(trainable)}`);
  }
  const labels = new Labels('train', dataset, model.config);
  const validationLabels = validation && new Labels('train: validation', validation, model.config, labels);
  const { problemType } = labels;
  if (read.labelSmoothing > 0 && problemType !== 'single_label_classification') {
    throw new OptionError(`train: labelSmoothing is for single labels, got ${problemType}`);
  }
  const metric = read.metric ?? (problemType === 'single_label_classification' ? 'accuracy' : 'loss');
  const metrics = METRICS_OF[problemType];
  if (!metrics.includes(metric)) {
    throw new OptionError(
      `train: metric: expected one of ${metrics.join(', ')} of ${problemType}, got ${metric}`,
    );
  }
  if (read.patience !== undefined && validation === undefined) {
    throw new OptionError('train: patience needs images to evaluate on, got none; give validation');
  }
  const plan = new TrainingPlan(dataset.items.length, { ...read, seed });
  const adapters = trainable === 'lora' ? newAdapters(model, { seed, ...read.lora }) : undefined;
  const names = trainable === 'lora' ? model.trainableNames : model.trainable(trainable);
  if (names.length === 0) throw new OptionError('train: expected something to be trained, got none');
  const headOnly = names.every((name) => name.startsWith('head.'));
  const learningRate = read.learningRate ?? (headOnly || adapters !== undefined ? NEW_RATE : USUAL_RATE);
  const { warmupSteps, totalSteps } = plan;
  return {
    ...read,
    ...{ model, dataset, labels, validationLabels, problemType, names, headOnly, adapters, plan },
    ...{ trainable, learningRate, seed, metric },
    course: { learningRate, schedule, warmupSteps, totalSteps },
    processor: read.processor ?? new BitImageProcessor(),
    warn: read.onWarning ?? ((message) => console.warn(message)),
  };
}

/** @throws OptionError if it is none; Dinov2Error if it has been disposed of */
function requireClassifier(model: Dinov2ForImageClassification): void {
  const given: unknown = model;
  if (!(given instanceof Dinov2ForImageClassification)) {
    const got = given instanceof PreTrainedModel ? `a ${given.architecture}` : shown(given);
    throw new OptionError(
      `train: expected a Dinov2ForImageClassification, got ${got}; await one of fromPretrained`,
    );
  }
  if ([...model.parameters.values()].some(({ isDisposed }) => isDisposed))
    throw new Dinov2Error('train: expected a model that is still there, got one after dispose()');
}

/** Adapters are merged in the end, which rounded weights can't be. */
function newAdapters(model: Dinov2ForImageClassification, options: LoraOptions): LoraAdapters {
  if (model.precision === 'f32') return addLora(model, options);
  throw new OptionError(
    `train: trainable: expected a model in f32 for adapters that are merged in the end, got one in ${model.precision}; load it with precision: 'f32'`,
  );
}
