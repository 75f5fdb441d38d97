/** What a training takes, found out before it. */
import type { PixelValues } from '../../images/pixel-values.ts';
import type { Dataset } from '../datasets/dataset.ts';
import type { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { pixelBatches } from './pixel-batches.ts';
import type { TrainOptions } from './train-options.ts';
import { type TrainingSettings, trainingSettings } from './training-settings.ts';

/** What a training takes, roughly. */
export interface TrainingEstimate {
  readonly images: number;
  readonly validationImages: number;
  readonly steps: number;
  /** values that are trained, and those of the whole model */
  readonly trainedParameters: number;
  readonly parameters: number;
  readonly learningRate: number;
  /** weights, gradients, moments, the copy to come back to, and what a batch keeps */
  readonly memoryBytes: number;
  /** all steps and evaluations, by the time of a forward pass here that is not the first */
  readonly seconds: number;
}

/** Forward passes that a step of a whole model takes: one, one more of each block on the way back, and two of the gradients. */
const PASSES_OF_A_STEP = 4;
/** Values that a block keeps while its gradients are computed, for each of a token. */
const KEPT_OF_A_BLOCK = 64;

/**
 * Estimates what `train` takes of the same arguments, by one pass over a batch of the images.
 *
 * @throws what `train` throws before its first step, but for its output, which is not looked at
 */
export async function estimateTraining(
  model: Dinov2ForImageClassification,
  dataset: Dataset,
  options: TrainOptions = {},
): Promise<TrainingEstimate> {
  const settings = trainingSettings(model, dataset, options);
  try {
    return await estimateOf(settings);
  } finally {
    settings.adapters?.remove();
  }
}

/** One forward pass to its end, which a GPU reaches later; the first of a process is slower than all others. */
async function passOver(model: Dinov2ForImageClassification, pixelValues: PixelValues): Promise<void> {
  const output = model.forward(pixelValues, { outputHiddenStates: false, outputAttentions: false });
  await output.logits.data();
  output.dispose();
}

async function estimateOf(settings: TrainingSettings): Promise<TrainingEstimate> {
  const { model, dataset, names, plan, validation, processor, batchSize, headOnly, augment, learningRate } =
    settings;
  const items = dataset.items.slice(0, batchSize);
  let seconds = 0;
  let pixels: readonly number[] = [];
  for await (const pixelValues of pixelBatches(processor, items, [items.length])) {
    const { data, shape } = pixelValues;
    await passOver(model, {
      data: data.subarray(0, data.length / shape[0]),
      shape: [1, shape[1], shape[2], shape[3]],
    });
    const begun = performance.now();
    await passOver(model, pixelValues);
    seconds = (performance.now() - begun) / 1000 / items.length;
    pixels = shape;
  }
  const { numHiddenLayers, hiddenSize, patchSize } = model.config;
  const trained = names.reduce((sum, name) => sum + (model.parameters.get(name)?.size ?? 0), 0);
  const blocks = new Set(names.flatMap((name) => /^(?:lora\.)?blocks\.(\d+)\./.exec(name)?.[1] ?? [])).size;
  const [, , H = 0, W = 0] = pixels;
  const [height, width] = [patchSize].flat();
  const tokens = 1 + Math.floor(H / (height ?? 1)) * Math.floor(W / (width ?? height ?? 1));
  const kept = headOnly ? 0 : batchSize * tokens * hiddenSize * (numHiddenLayers + KEPT_OF_A_BLOCK);
  const computed = plan.totalSteps * (dataset.items.length / plan.stepsPerEpoch);
  const isOnce = headOnly && !augment;
  const passes = isOnce
    ? dataset.items.length
    : computed * (1 + ((PASSES_OF_A_STEP - 1) * blocks) / numHiddenLayers);
  const evaluated = (validation?.items.length ?? 0) * (isOnce ? 1 : plan.epochs);
  return {
    images: dataset.items.length,
    validationImages: validation?.items.length ?? 0,
    steps: plan.totalSteps,
    trainedParameters: trained,
    parameters: model.numParameters,
    learningRate,
    // values, gradients, two moments and a copy
    memoryBytes: 4 * (model.numParameters + 4 * trained + kept),
    seconds: (passes + evaluated) * seconds,
  };
}
