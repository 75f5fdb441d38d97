/** From a source to a model with its checkpoint's weights. */
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { ensureBackend } from '../../backends/devices.ts';
import { requireKnownOptions } from '../../options/known-options.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import { openRepository } from '../../sources/open-repository.ts';
import { REPOSITORY_OPTIONS, type RepositoryOptions } from '../../sources/repository.ts';
import { ReadAhead } from '../../weights/read-ahead.ts';
import { WEIGHTS_OPTIONS, type WeightsOptions } from '../../weights/weights-options.ts';
import type { Dinov2Config } from '../families/dinov2/configuration/dinov2-config.ts';
import type { Dinov2ConfigFields } from '../families/dinov2/configuration/dinov2-config-fields.ts';
import { HEAD_OPTIONS, type HeadOptions } from './attach-head.ts';
import { checkWeights, type LoadLayers } from './check-weights.ts';
import { CheckpointWeights } from './checkpoint-weights.ts';
import { openModel } from './open-model.ts';

/** Fields of the configuration that may be chosen when a checkpoint is loaded. */
type ChosenFields = Pick<
  Dinov2ConfigFields,
  | 'positionInterpolation'
  | 'outFeatures'
  | 'outIndices'
  | 'applyLayernorm'
  | 'reshapeHiddenStates'
  | 'outputHiddenStates'
  | 'outputAttentions'
  | 'problemType'
>;

/** How a checkpoint is found and read. */
export interface LoadOptions extends RepositoryOptions, WeightsOptions, ChosenFields {
  /** the configuration; default that of `config.json`, or, where there is none, what the tensors say of it */
  config?: Dinov2Config;
  /** fields that differ from the configuration, or that the tensors do not tell, such as `numAttentionHeads` */
  fields?: Dinov2ConfigFields;
  /** called as weights are read: how many of how many tensors */
  onWeights?: (read: number, total: number) => void;
}

/** How a classifier is found and read. */
export interface ClassifierLoadOptions extends LoadOptions, HeadOptions {}

const CHOSEN = [
  'positionInterpolation',
  'outFeatures',
  'outIndices',
  'applyLayernorm',
  'reshapeHiddenStates',
  'outputHiddenStates',
  'outputAttentions',
  'problemType',
] as const satisfies (keyof ChosenFields)[];

const OPTIONS = [
  ...CHOSEN,
  'config',
  'fields',
  'onWeights',
  ...Object.keys(WEIGHTS_OPTIONS),
  ...Object.keys(REPOSITORY_OPTIONS),
];

/** What a class expects of a checkpoint. */
export interface LoadRules {
  /** weights it has no use for and takes no offence at */
  mayIgnore?: (name: string) => boolean;
  /** whether it has a head, which may be elsewhere, and labels; default false */
  isClassifier?: boolean;
}

/** The layers of a model and every weight they use; the caller owns the weights. */
export interface LoadedLayers<Layers> {
  layers: Layers;
  parameters: Map<string, Tensor>;
  /** what no file says of the model, in sentences */
  warnings: readonly string[];
}

/**
 * Reads configuration and weights from a source, see `openModel`.
 *
 * @param className the caller, for error messages
 * @param load builds the layers from a reader of weights; called once to check shapes and once to read values
 * @throws SourceError, FormatError, ConfigError, WeightsError, OptionError; nothing is left behind then
 */
export async function loadModel<Layers>(
  className: string,
  source: ModelSource,
  options: ClassifierLoadOptions,
  load: LoadLayers<Layers>,
  { mayIgnore, isClassifier = false }: LoadRules = {},
): Promise<LoadedLayers<Layers>> {
  requireKnownOptions(
    className,
    options,
    isClassifier ? [...OPTIONS, ...Object.keys(HEAD_OPTIONS)] : OPTIONS,
  );
  const repository = await openRepository(source, options);
  const opened = await openModel(repository, { ...options, fields: chosenFields(options) });
  const { checkpoint, mapped, config, warnings } = opened;
  try {
    const order = await checkWeights(opened, load, mayIgnore);
    await ensureBackend();
    let read = 0;
    const ahead = new ReadAhead(checkpoint, order);
    const weights = new CheckpointWeights(ahead, mapped, () => {
      read++;
      options.onWeights?.(read, mapped.parameters.size);
    });
    try {
      return { layers: await load(weights, config), parameters: weights.parameters, warnings };
    } catch (error) {
      dispose([...weights.parameters.values()]);
      await ahead.settle();
      throw error;
    }
  } finally {
    await checkpoint.close();
  }
}

function chosenFields(options: LoadOptions): Dinov2ConfigFields {
  const chosen: Record<string, unknown> = { ...options.fields };
  for (const name of CHOSEN) if (options[name] !== undefined) chosen[name] = options[name];
  return chosen;
}
