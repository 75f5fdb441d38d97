/** Training a classifier on images. */

import { AUGMENT_OPTIONS } from '../../images/augment/augment.ts';
import { pickOptions } from '../../options/rows.ts';
import { requireNode } from '../../platform/require-node.ts';
import { pythonJson } from '../../weights/write/python-json.ts';
import type { Dataset } from '../datasets/dataset.ts';
import type { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { modelDigest } from '../saving/model-digest.ts';
import { AdamW } from './adamw.ts';
import type { Evaluation } from './evaluation.ts';
import { FeatureSource } from './feature-source.ts';
import type { Optimiser } from './optimiser.ts';
import { isDecayed, layerRate } from './parameter-groups.ts';
import { PixelSource } from './pixel-source.ts';
import { featuresOf, type ScoringOptions, scoresOf, scoresOfFeatures } from './scores.ts';
import { SGD } from './sgd.ts';
import { takeSnapshot } from './snapshot.ts';
import type { TrainOptions } from './train-options.ts';
import { type Best, type EvaluationRow, type StepRow, TrainingLog } from './training-log.ts';
import { type RunParts, type TrainingEnd, TrainingRun } from './training-run.ts';
import { type TrainingSettings, trainingSettings } from './training-settings.ts';
import { requireSameFacts, runFacts, stateToJson } from './training-state.ts';

/** What a training did. */
export interface TrainingResult {
  readonly ended: TrainingEnd;
  /** every step, those before a resumed run included */
  readonly steps: readonly StepRow[];
  readonly evaluations: readonly EvaluationRow[];
  /** the evaluation whose weights the model has; undefined where there was none */
  readonly best: Best | undefined;
  /** how good the weights that the model has are on the images to evaluate on; undefined where there were none, or it was aborted */
  readonly quality: Evaluation['quality'] | undefined;
  /** the names of what was trained */
  readonly trained: readonly string[];
}

/**
 * Trains a classifier, in place.
 *
 * A head alone, of images that are not augmented, is trained on features that are computed once. What else is trained, and which of
 * its parts, `trainable` says. Adapters (`lora`) are merged into the model in the end, also after an error; alone they stand in `adapter/` of the
 * output. At the end the model has the weights of the best evaluation, or the last ones where there is none, and lies
 * as it is multiplied fastest. With `output`, checkpoints are kept after each epoch and the model at the end, in the files of
 * transformers; each appears when it is whole, and a run with `resume` goes on from the last one to the same bits as one that was
 * never stopped.
 *
 * The steps are those of transformers' Trainer; but the loss of a step is the mean over its images whatever it is divided into, also for
 * several labels and for regression, where that of Trainer grows with `accumulate`.
 *
 * @param model changed; after an error it has the weights of the last good state
 * @param dataset its classes are labels of the model, in whichever order, or as many as it has labels without names
 * @returns what was done, also where the signal ended it
 * @throws OptionError, DatasetError if options, data and model don't fit; TrainingError if the loss is no number; SourceError if the output can't
 *   be written, or not be gone on with; what reading images throws; the signal's reason, before the first step
 */
export async function train(
  model: Dinov2ForImageClassification,
  dataset: Dataset,
  options: TrainOptions = {},
): Promise<TrainingResult> {
  const settings = trainingSettings(model, dataset, options);
  try {
    return await trained(settings);
  } finally {
    if (settings.adapters?.isOn) await settings.adapters.merge();
  }
}

async function trained(settings: TrainingSettings): Promise<TrainingResult> {
  const { model, dataset, adapters } = settings;
  const { output, resume, overwrite, names, labels, warn } = settings;
  if (output !== undefined) requireNode(output);
  const node = output === undefined ? undefined : await import('#node/lib/training/training-folder');
  const folder =
    output === undefined ? undefined : await node?.TrainingFolder.open(output, resume, overwrite);
  const facts = runFacts(settings, {
    ...{ trained: [...names], model: model.config.toJSON(), processor: settings.processor.toJSON() },
    ...(node && { data: node.digestOf(dataset) }),
    ...(node && adapters && { base: await modelDigest(model) }),
  });
  for (const warning of labels.warnings()) warn(`train: ${warning}`);
  const optimiser = optimiserOf(settings);
  try {
    const before = resume ? await folder?.last() : undefined;
    if (before !== undefined) requireSameFacts(`${output}/checkpoint-${before.step}`, before.facts, facts);
    const log = new TrainingLog(before?.log);
    const all = model.precision === 'f32' ? [...model.parameters.keys()] : names;
    if (before !== undefined) await folder?.load(log.best?.step ?? before.step, settings, all);
    const best = await takeSnapshot(model.parameters, names);
    if (before !== undefined) {
      await folder?.load(before.step, settings, all);
      optimiser.load(before.optimiser);
    }
    const { source, scoreAll } = await sourceOf(settings);
    const filesOf = (step: number): Record<string, string> => ({
      'trainer_state.json': pythonJson(log.toTrainerState(settings)),
      'training.json': pythonJson(stateToJson({ step, facts, log }, placeOf(settings, step))),
    });
    const save = async (step: number): Promise<void> => {
      const parts = { ...settings, optimiser: await optimiser.state(), files: filesOf(step) };
      await folder?.save(step, parts, settings.saveTotalLimit, log.best?.step);
    };
    const run = new TrainingRun({ settings, source, optimiser, log, best, scoreAll, save });
    const ended = await run.finish();
    if (ended !== 'aborted') await folder?.finishAdapters(adapters);
    await adapters?.merge();
    if (ended !== 'aborted') await folder?.finish({ ...settings, files: filesOf(log.steps.length) });
    const { steps, evaluations } = log;
    const quality = ended === 'aborted' ? undefined : await run.bestQuality();
    return { ended, steps, evaluations, best: log.best, quality, trained: names };
  } finally {
    optimiser.dispose();
  }
}

function optimiserOf(settings: TrainingSettings): Optimiser {
  const { model, optimiser, weightDecay, momentum, layerDecay } = settings;
  const depth = model.config.numHiddenLayers;
  const groups = {
    weightDecay,
    decays: isDecayed,
    rate: (name: string) => layerRate(name, depth, layerDecay),
  };
  return optimiser === 'sgd'
    ? new SGD(model.parameters, { ...groups, momentum })
    : new AdamW(model.parameters, groups);
}

/** Where batches come from, and what gives the scores of the images to evaluate on. */
async function sourceOf(settings: TrainingSettings): Promise<Pick<RunParts, 'source' | 'scoreAll'>> {
  const { model, dataset, labels, validation, headOnly, augment, processor, seed } = settings;
  const { dropPathRate, hiddenDropoutProb, attentionProbsDropoutProb } = model.config;
  const drops = dropPathRate + hiddenDropoutProb + attentionProbsDropoutProb > 0;
  if (headOnly && !augment && !drops) {
    const [count, all] = [dataset.items.length, dataset.items.length + (validation?.items.length ?? 0)];
    const from = (before: number): ScoringOptions => ({
      ...settings,
      onImages: (done) => settings.onImage?.(before + done, all),
    });
    const features = await featuresOf(model, dataset.items, from(0));
    const others = validation && (await featuresOf(model, validation.items, from(count)));
    return {
      source: new FeatureSource(features, labels, model.parameters),
      scoreAll: others && (() => scoresOfFeatures(others, model.parameters)),
    };
  }
  const changes = augment ? pickOptions(settings, AUGMENT_OPTIONS) : undefined;
  return {
    source: new PixelSource(model, dataset.items, labels, { processor, seed, augment: changes }),
    scoreAll: validation && (() => scoresOf(model, validation.items, { ...settings, signal: undefined })),
  };
}

/** Where in its data a training stands. */
function placeOf({ plan }: TrainingSettings, step: number): { epoch: number; position: number } {
  const { epoch, within } = plan.place(step);
  return { epoch, position: plan.imagesIn(within) };
}
