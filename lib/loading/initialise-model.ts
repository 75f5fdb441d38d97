/** From a configuration to a model with random weights. */
import { ensureBackend } from '../../backends/devices.ts';
import { ConfigError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { type OptionsOf, readOptions, value } from '../../options/rows.ts';
import type { ModelConfig } from '../model/model-config.ts';
import type { PreTrainedModel } from '../model/pretrained-model.ts';
import type { ModelClass } from './model-class.ts';
import { PRECISION_OPTIONS, type PrecisionOptions } from './precision.ts';
import { RandomWeights } from './random-weights.ts';

const SEED = {
  /** the same seed gives the same weights everywhere; default 0 */
  seed: value<number>(),
};

/** How a model without a checkpoint starts. */
export interface InitialiseOptions extends OptionsOf<typeof SEED>, PrecisionOptions {}

/**
 * Builds a model on random weights.
 *
 * @throws ConfigError if the configuration is none; OptionError if there is no such option
 */
export async function initialiseModel<Model extends PreTrainedModel>(
  modelClass: ModelClass<Model>,
  config: ModelConfig,
  options: InitialiseOptions,
): Promise<Model> {
  const { architectures, files } = modelClass;
  const where = `${architectures[0]}.fromConfig`;
  if (!files.isConfig(config)) {
    throw new ConfigError(
      `${where}: expected a ${files.configName}, got ${shown(config)}; use new ${files.configName}({ … }) or presetConfig`,
    );
  }
  const { seed, precision = 'f32' } = readOptions(where, options, { ...SEED, ...PRECISION_OPTIONS });
  await ensureBackend();
  const weights = new RandomWeights(config, seed, precision);
  const layers = await modelClass.load(weights, config);
  return modelClass.create({ config, layers, parameters: weights.parameters, precision });
}
