/** From a configuration to a model with random weights. */
import { ensureBackend } from '../../backends/devices.ts';
import { ConfigError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { requireKnownOptions } from '../../options/known-options.ts';
import type { ModelConfig } from '../model/model-config.ts';
import type { PreTrainedModel } from '../model/pretrained-model.ts';
import type { ModelClass } from './model-class.ts';
import { RandomWeights } from './random-weights.ts';

/** How a model without a checkpoint starts. */
export interface InitialiseOptions {
  /** the same seed gives the same weights everywhere; default 0 */
  seed?: number;
}

const OPTIONS = ['seed'] as const satisfies (keyof InitialiseOptions)[];

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
  requireKnownOptions(where, options, OPTIONS);
  await ensureBackend();
  const weights = new RandomWeights(config, options.seed);
  const layers = await modelClass.load(weights, config);
  return modelClass.create({ config, layers, parameters: weights.parameters });
}
