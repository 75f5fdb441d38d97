/** What a model is in the files of transformers. */
import { Dinov2Error, OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { BitImageProcessor } from '../../images/image-processor.ts';
import { type OptionsOf, value } from '../../options/rows.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import { schemeView } from '../../weights/key-schemes/scheme-view.ts';
import { type AnyConfig, type AnyModel, classNamed, FAMILIES } from '../families/families.ts';
import { modelCheckpoint } from './model-checkpoint.ts';
import { configFile, processorFile } from './model-files.ts';

/** What stands beside the weights of a model that is saved. */
export const SAVED_FILES_OPTIONS = {
  /** what prepares its images; default DINOv2's settings, which is said among the warnings */
  processor: value<BitImageProcessor>({
    accepts: (given) => given instanceof BitImageProcessor,
    refusal: ': expected a BitImageProcessor',
  }),
  /** texts of other files to stand beside them, by their names */
  files: value<Readonly<Record<string, string>>>(),
};

/** What stands beside the weights of a model that is saved. */
export interface SavedFilesOptions extends OptionsOf<typeof SAVED_FILES_OPTIONS> {}

/** A model as files of transformers, before anything is written. */
export interface SavedModel {
  /** under transformers' names, float32; the model's values as they are when they are read */
  readonly weights: Checkpoint;
  /** `config.json`, `preprocessor_config.json` and others, by their names */
  readonly texts: Readonly<Record<string, string>>;
  /** the name by which a tensor takes its place in shards */
  readonly orderName: (name: string) => string;
  /** what whoever loads the files may not expect */
  readonly warnings: readonly string[];
}

const PROCESSOR_ASSUMED =
  'no processor was given: the preprocessor_config.json resizes to 256 and crops to 224, as for every published model';

/**
 * Describes a model in the files of transformers; no value is read yet.
 *
 * @param where the call, for error messages
 * @param model borrowed until the weights are read
 * @throws OptionError if it is no model; Dinov2Error if it has been disposed of
 */
export async function savedModel(
  where: string,
  model: AnyModel,
  { processor, files = {} }: SavedFilesOptions,
): Promise<SavedModel> {
  const modelClass = classNamed(model?.architecture);
  const family = FAMILIES.find((each) => each.files.isConfig(model?.config));
  if (modelClass === undefined || family === undefined) {
    throw new OptionError(`${where}: expected a model, got ${shown(model)}; await one of fromPretrained`);
  }
  if ([...model.parameters.values()].some(({ isDisposed }) => isDisposed)) {
    throw new Dinov2Error(`${where}: expected a model that is still there, got one after dispose()`);
  }
  const { names } = family.files;
  const { hf } = names.schemes;
  if (hf === undefined) throw new Error('internal: a family that transformers has not');
  const { config, precision } = model;
  const { checkpoint: weights } = schemeView(await modelCheckpoint(model), names, hf, {
    maskToken: config.useMaskToken,
    head: modelClass.head,
  });
  return {
    weights,
    texts: {
      ...files,
      'config.json': configFile(config, weights, modelClass.kind),
      'preprocessor_config.json': processorFile(processor ?? new BitImageProcessor(family.processor)),
    },
    orderName: names.orderName,
    warnings: [
      ...(processor === undefined ? [PROCESSOR_ASSUMED] : []),
      ...(precision === 'f32' ? [] : [`the weights rounded to ${precision} are written in float32`]),
      ...(modelClass.head === undefined ? [] : classifierWarnings(config)),
    ],
  };
}

/** What transformers can't do with a classifier. */
export function classifierWarnings({ numClassifierLayers }: AnyConfig): string[] {
  if (numClassifierLayers === 1) return [];
  return [
    `transformers has no classifier over ${numClassifierLayers} layers; this library reads it, transformers does not`,
  ];
}
