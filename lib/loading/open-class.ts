/** From a source to the class that it is loaded as, with everything checked and no weight read. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { requireKnownOptions, sameName } from '../../options/known-options.ts';
import { pickOptions, readOptions } from '../../options/rows.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import { openRepository } from '../../sources/open-repository.ts';
import { REPOSITORY_OPTIONS } from '../../sources/repository.ts';
import { WEIGHTS_OPTIONS } from '../../weights/weights-options.ts';
import { headOf, isOfHead } from '../heads/heads.ts';
import type { PreTrainedModel } from '../model/pretrained-model.ts';
import { HEAD_OPTIONS } from './attach-head.ts';
import { readingOrder, requireWeights } from './checkpoint-weights.ts';
import type { FamilyFiles } from './family-files.ts';
import type { ModelClass } from './model-class.ts';
import {
  NEW_HEAD_OPTIONS,
  type NewHeadOptions,
  newHeadConfig,
  requireNewHead,
  withRandomHead,
} from './new-head.ts';
import { type OpenedModel, type OpenModelOptions, openModel } from './open-model.ts';
import { filePrecision, PRECISION_OPTIONS, type PrecisionOptions } from './precision.ts';
import { WeightOutlines } from './weight-outlines.ts';

/** How a checkpoint is found and read; fields of the configuration that the family lets choose may stand among the options. */
export interface LoadModelOptions extends OpenModelOptions, PrecisionOptions, NewHeadOptions {
  /** called as weights are read: how many of how many tensors */
  onWeights?: (read: number, total: number) => void;
}

/** A checkpoint, to be closed by the caller, and the class that fits it. */
export interface OpenedClass<Model extends PreTrainedModel> extends OpenedModel {
  readonly modelClass: ModelClass<Model>;
  /** the file's tensors in the order in which layers ask for them */
  readonly order: readonly string[];
  /** what the weights are to be rounded to */
  readonly precision: NonNullable<PrecisionOptions['precision']>;
  /** Makes a model that has shapes and no values, as if it had been disposed of. */
  outline(): Model;
}

/** Options of every class. */
const OPTIONS = [
  'config',
  'fields',
  'onWeights',
  ...Object.keys(PRECISION_OPTIONS),
  ...Object.keys(WEIGHTS_OPTIONS),
  ...Object.keys(REPOSITORY_OPTIONS),
];

const HEAD_NAMES = Object.keys({ ...HEAD_OPTIONS, ...NEW_HEAD_OPTIONS });

/** Where an option belongs that loading does not have: among the fields, or to the classes with a head. */
function placeOf(name: string, families: readonly FamilyFiles[]): string | undefined {
  const fields = families.flatMap(({ fieldNames }) => fieldNames);
  const field = sameName(name, fields);
  if (field !== undefined) return `it is a field of the configuration: write fields: { ${field} }`;
  if (HEAD_NAMES.includes(name)) return 'it is of a classifier: load it by AutoModelForImageClassification';
  return undefined;
}

/**
 * Opens a source as a class: its configuration is read, and its weights are checked by their names and shapes.
 *
 * @param classes the class that is wanted, of each family that may be found
 * @throws SourceError, FormatError, ConfigError, WeightsError, OptionError; nothing stays open then
 */
export async function openClass<Model extends PreTrainedModel>(
  classes: readonly ModelClass<Model>[],
  source: ModelSource,
  options: LoadModelOptions,
): Promise<OpenedClass<Model>> {
  const families = classes.map(({ files }) => files);
  const [first] = classes;
  if (first === undefined) throw new Error('internal: no classes');
  const chosen = families.flatMap(({ chosenFields }) => chosenFields);
  const known = [...chosen, ...OPTIONS, ...(first.head ? HEAD_NAMES : [])];
  const [where] = first.architectures;
  requireKnownOptions(where, options, known, (name) => placeOf(name, families));
  const checked = { ...PRECISION_OPTIONS, ...NEW_HEAD_OPTIONS };
  const asked = readOptions(where, pickOptions(options, checked), checked);
  requireNewHead(where, options);
  const repository = await openRepository(source, options);
  const fields = { ...options.fields, ...definedOf(options, chosen) };
  const found = await openModel(
    repository,
    { ...options, fields },
    families,
    (found) => classes.find(({ files }) => files === found)?.head,
  );
  const modelClass = classes.find(({ files }) => files === found.family) ?? first;
  const opened = asked.newHead ? await withNewHead(found, modelClass, asked, options) : found;
  const { mapped, config } = opened;
  const ofFile = filePrecision(mapped);
  const precision = asked.precision ?? ofFile;
  const warnings = [...opened.warnings];
  if (ofFile === 'i8' && precision !== 'i8') {
    warnings.push(
      `the file's linear weights are in 8 bits: in ${precision} they have the same rounded values`,
    );
  }
  try {
    const { parameters, layers } = await checkWeights(opened, modelClass);
    const outline = (): Model => {
      const model = modelClass.create({ config, layers, parameters, warnings, precision });
      model.dispose();
      return model;
    };
    return {
      ...opened,
      warnings,
      modelClass,
      order: readingOrder(parameters.keys(), mapped),
      precision,
      outline,
    };
  } catch (error) {
    await mapped.checkpoint.close();
    throw error;
  }
}

async function withNewHead(
  opened: OpenedModel,
  modelClass: ModelClass,
  { numLabels, seed }: NewHeadOptions,
  { labels }: LoadModelOptions,
): Promise<OpenedModel> {
  try {
    const config = newHeadConfig(opened.config, { numLabels, labels });
    return { ...opened, config, mapped: await withRandomHead(opened.mapped, modelClass, config, seed) };
  } catch (error) {
    await opened.mapped.checkpoint.close();
    throw error;
  }
}

/**
 * Checks that a checkpoint has every weight that a class needs, of the right shape, and no other but those of heads that the
 * class has not; no value is read, and no backend of TF.js is needed.
 *
 * @returns what was asked for, and layers of it: tensors without values
 * @throws WeightsError listing everything that is missing, unexpected or misshapen
 */
export async function checkWeights(
  { family, mapped, config }: OpenedModel,
  { load, head }: Pick<ModelClass, 'load' | 'head'>,
): Promise<{ parameters: ReadonlyMap<string, Tensor>; layers: unknown }> {
  const outlines = new WeightOutlines();
  const layers = await load(outlines, config);
  const { parameters } = outlines;
  const isOfOthers = (name: string) => headOf(name) !== undefined && !(head && isOfHead(name, head));
  requireWeights(parameters, mapped, family, isOfOthers);
  return { parameters, layers };
}

/** The fields that stand among options. */
function definedOf(options: object, names: FamilyFiles['chosenFields']): object {
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => names.includes(name) && value !== undefined),
  );
}
