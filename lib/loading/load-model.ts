/** From a source to a model with its checkpoint's weights. */
import { dispose } from '@tensorflow/tfjs-core';
import { ensureBackend } from '../../backends/devices.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import { ReadAhead } from '../../weights/read-ahead.ts';
import type { PreTrainedModel } from '../model/pretrained-model.ts';
import { CheckpointWeights } from './checkpoint-weights.ts';
import type { ModelClass } from './model-class.ts';
import { type LoadModelOptions, type OpenedClass, openClass } from './open-class.ts';

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
  return readModel(await openClass(classes, source, options), options);
}

/**
 * Reads the weights of an opened checkpoint, and closes it.
 *
 * @param options those that it was opened with
 * @throws SourceError, FormatError; nothing is left behind then
 */
export async function readModel<Model extends PreTrainedModel>(
  { mapped, modelClass, config, warnings, order, precision: kept }: OpenedClass<Model>,
  { precision, onWeights }: LoadModelOptions,
): Promise<Model> {
  try {
    mapped.checkpoint.expect?.(order);
    await ensureBackend();
    let read = 0;
    const ahead = new ReadAhead(mapped.checkpoint, order);
    const onRead = () => {
      read++;
      onWeights?.(read, mapped.parameters.size);
    };
    const weights = new CheckpointWeights(ahead, mapped, { precision, onRead });
    try {
      const layers = await modelClass.load(weights, config);
      const { parameters } = weights;
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
