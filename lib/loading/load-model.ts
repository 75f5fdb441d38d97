/** From a source to a model with its checkpoint's weights. */
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { WeightReader } from '../../layers/weight-reader.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import { mapCheckpoint } from '../../weights/key-schemes/map-checkpoint.ts';
import { openCheckpoint } from '../../weights/open-checkpoint.ts';
import { ReadAhead } from '../../weights/read-ahead.ts';
import { openRepository } from '../../weights/repositories/open-repository.ts';
import {
  type FilesInMemory,
  REPOSITORY_OPTIONS,
  type Repository,
  type RepositoryOptions,
} from '../../weights/repositories/repository.ts';
import { Dinov2Config } from '../configuration/dinov2-config.ts';
import type { Dinov2ConfigFields } from '../configuration/dinov2-config-fields.ts';
import { ensureBackend } from '../devices.ts';
import { requireKnownOptions } from '../known-options.ts';
import { CheckpointWeights, disposePlaceholder, WeightsCheck } from './checkpoint-weights.ts';
import { readJson } from './read-json.ts';

/** A folder or `.safetensors` file, a Hub id, a URL, or files in memory by name. */
export type ModelSource = string | URL | FilesInMemory;

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
export interface LoadOptions extends RepositoryOptions, ChosenFields {
  /** the configuration, where the source has no `config.json` or another one is wanted */
  config?: Dinov2Config;
  /** called as weights are read: how many of how many tensors */
  onWeights?: (read: number, total: number) => void;
}

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
  'onWeights',
  ...REPOSITORY_OPTIONS,
] as const satisfies (keyof LoadOptions)[];

/** A checkpoint before its weights are looked for, and the configuration it is to be read by. */
export interface OpenedModel {
  checkpoint: Checkpoint;
  config: Dinov2Config;
}

/** What a class expects of a checkpoint. */
export interface LoadRules<Options> {
  /** weights it has no use for and takes no offence at */
  mayIgnore?: (name: string) => boolean;
  /** options that only this class has */
  ownOptions?: readonly string[];
  /** what the options add to the checkpoint and to its configuration; what was opened stays open if it fails */
  complete?: (opened: OpenedModel, options: Options) => Promise<OpenedModel>;
}

/** The layers of a model and every weight they use; the caller owns the weights. */
export interface LoadedLayers<Layers> {
  layers: Layers;
  parameters: Map<string, Tensor>;
}

/**
 * Reads configuration and weights from a source.
 *
 * @param className the caller, for error messages
 * @param load builds the layers from a reader of weights; called once to check shapes and once to read values
 * @throws SourceError, FormatError, ConfigError, WeightsError, OptionError; nothing is left behind then
 */
export async function loadModel<Layers, Options extends LoadOptions>(
  className: string,
  source: ModelSource,
  options: Options,
  load: (weights: WeightReader, config: Dinov2Config) => Promise<Layers>,
  { mayIgnore = () => false, ownOptions = [], complete }: LoadRules<Options> = {},
): Promise<LoadedLayers<Layers>> {
  requireKnownOptions(className, options, [...OPTIONS, ...ownOptions]);
  const repository = await openRepository(source, options);
  const chosen = chosenConfig(options.config ?? (await readConfig(repository)), options);
  let opened: OpenedModel = { checkpoint: await openCheckpoint(repository), config: chosen };
  try {
    if (complete !== undefined) opened = await complete(opened, options);
    const { checkpoint, config } = opened;
    const mapped = mapCheckpoint(checkpoint);
    await ensureBackend();
    const check = new WeightsCheck(mapped);
    try {
      await load(check, config);
      check.finish(checkpoint.where, mayIgnore);
    } finally {
      disposePlaceholder();
    }
    let read = 0;
    const source = new ReadAhead(checkpoint, check.order());
    const weights = new CheckpointWeights(source, mapped, () => {
      read++;
      options.onWeights?.(read, mapped.parameters.size);
    });
    try {
      return { layers: await load(weights, config), parameters: weights.parameters };
    } catch (error) {
      dispose([...weights.parameters.values()]);
      await source.settle();
      throw error;
    }
  } finally {
    await opened.checkpoint.close();
  }
}

/**
 * Reads the `config.json` of a repository.
 *
 * @throws SourceError if there is none; ConfigError if it can't be used
 */
export async function readConfig(repository: Repository): Promise<Dinov2Config> {
  const { json, where } = await readJson(repository, 'config.json', 'pass one as the config option');
  return Dinov2Config.fromJSON(json, where);
}

function chosenConfig(config: Dinov2Config, options: LoadOptions): Dinov2Config {
  const chosen: Record<string, unknown> = {};
  for (const name of CHOSEN) if (options[name] !== undefined) chosen[name] = options[name];
  return Object.keys(chosen).length === 0 ? config : config.with(chosen);
}
