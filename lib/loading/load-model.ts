/** From a source to a model with its checkpoint's weights. */
import { dispose } from '@tensorflow/tfjs-core';
import { ensureBackend } from '../../backends/devices.ts';
import { requireKnownOptions, sameName } from '../../options/known-options.ts';
import { pickOptions, readOptions } from '../../options/rows.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import { openRepository } from '../../sources/open-repository.ts';
import { REPOSITORY_OPTIONS } from '../../sources/repository.ts';
import { ReadAhead } from '../../weights/read-ahead.ts';
import { WEIGHTS_OPTIONS } from '../../weights/weights-options.ts';
import { headOf, isOfHead } from '../heads/heads.ts';
import type { PreTrainedModel } from '../model/pretrained-model.ts';
import { HEAD_OPTIONS } from './attach-head.ts';
import { CheckpointWeights, WeightsCheck } from './checkpoint-weights.ts';
import type { FamilyFiles } from './family-files.ts';
import type { ModelClass } from './model-class.ts';
import { type OpenedModel, type OpenModelOptions, openModel } from './open-model.ts';
import { filePrecision, PRECISION_OPTIONS, type PrecisionOptions } from './precision.ts';

/** How a checkpoint is found and read; fields of the configuration that the family lets choose may stand among the options. */
export interface LoadModelOptions extends OpenModelOptions, PrecisionOptions {
  /** called as weights are read: how many of how many tensors */
  onWeights?: (read: number, total: number) => void;
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

const HEAD_NAMES = Object.keys(HEAD_OPTIONS);

/** Where an option belongs that loading does not have: among the fields, or to the classes with a head. */
function placeOf(name: string, families: readonly FamilyFiles[]): string | undefined {
  const fields = families.flatMap(({ fieldNames }) => fieldNames);
  const field = sameName(name, fields);
  if (field !== undefined) return `it is a field of the configuration: write fields: { ${field} }`;
  if (HEAD_NAMES.includes(name)) return 'it is of a classifier: load it by AutoModelForImageClassification';
  return undefined;
}

/**
 * Reads configuration and weights from a source, see `openModel`.
 *
 * Layers are built twice: once to check what they ask for, and once to read values.
 *
 * @param classes the class that is wanted, of each family that may be found
 * @throws SourceError, FormatError, ConfigError, WeightsError, OptionError; nothing is left behind then
 */
export async function loadModel<Model extends PreTrainedModel>(
  classes: readonly ModelClass<Model>[],
  source: ModelSource,
  options: LoadModelOptions,
): Promise<Model> {
  const families = classes.map(({ files }) => files);
  const [first] = classes;
  if (first === undefined) throw new Error('internal: no classes');
  const chosen = families.flatMap(({ chosenFields }) => chosenFields);
  const known = [...chosen, ...OPTIONS, ...(first.head ? HEAD_NAMES : [])];
  requireKnownOptions(first.architectures[0], options, known, (name) => placeOf(name, families));
  const { precision } = readOptions(
    first.architectures[0],
    pickOptions(options, PRECISION_OPTIONS),
    PRECISION_OPTIONS,
  );
  const repository = await openRepository(source, options);
  const fields = { ...options.fields, ...definedOf(options, chosen) };
  const opened = await openModel(
    repository,
    { ...options, fields },
    families,
    (found) => classes.find(({ files }) => files === found)?.head,
  );
  const { mapped, config, warnings, family } = opened;
  const modelClass = classes.find(({ files }) => files === family) ?? first;
  try {
    const order = await checkWeights(opened, modelClass);
    mapped.checkpoint.expect?.(order);
    await ensureBackend();
    let read = 0;
    const ahead = new ReadAhead(mapped.checkpoint, order);
    const onRead = () => {
      read++;
      options.onWeights?.(read, mapped.parameters.size);
    };
    const weights = new CheckpointWeights(ahead, mapped, { precision, onRead });
    try {
      const layers = await modelClass.load(weights, config);
      const { parameters } = weights;
      const kept = precision ?? filePrecision(mapped);
      return modelClass.create({ config, layers, parameters, warnings, precision: kept });
    } catch (error) {
      dispose([...weights.parameters.values()]);
      await ahead.settle();
      throw error;
    }
  } finally {
    await mapped.checkpoint.close();
  }
}

/**
 * Checks that a checkpoint has every weight that a class needs, of the right shape, and no other but those of heads that the
 * class has not; no value is read, and no backend of TF.js is needed.
 *
 * @returns the file's tensors in the order in which layers ask for them
 * @throws WeightsError listing everything that is missing, unexpected or misshapen
 */
export async function checkWeights(
  { family, mapped, config }: OpenedModel,
  { load, head }: Pick<ModelClass, 'load' | 'head'>,
): Promise<string[]> {
  const check = new WeightsCheck(mapped);
  await load(check, config);
  check.finish(family, (name) => headOf(name) !== undefined && !(head && isOfHead(name, head)));
  return check.order();
}

/** The fields that stand among options. */
function definedOf(options: object, names: FamilyFiles['chosenFields']): object {
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => names.includes(name) && value !== undefined),
  );
}
