/** From a configuration to a model with random weights. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { ensureBackend } from '../../backends/devices.ts';
import { ConfigError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { requireKnownOptions } from '../../options/known-options.ts';
import { Dinov2Config } from '../families/dinov2/configuration/dinov2-config.ts';
import type { LoadLayers } from './check-weights.ts';
import { RandomWeights } from './random-weights.ts';

/** How a model without a checkpoint starts. */
export interface InitialiseOptions {
  /** the same seed gives the same weights everywhere; default 0 */
  seed?: number;
}

const OPTIONS = ['seed'] as const satisfies (keyof InitialiseOptions)[];

/**
 * Runs a model's loading on random weights.
 *
 * @param className the caller, for error messages
 * @returns the layers and every weight they use, owned by the caller
 * @throws ConfigError if the configuration is none; OptionError if there is no such option
 */
export async function initialiseModel<Layers>(
  className: string,
  config: Dinov2Config,
  options: InitialiseOptions,
  load: LoadLayers<Layers>,
): Promise<{ layers: Layers; parameters: Map<string, Tensor> }> {
  if (!(config instanceof Dinov2Config)) {
    throw new ConfigError(
      `${className}.fromConfig: expected a Dinov2Config, got ${shown(config)}; use new Dinov2Config({ … }) or presetConfig`,
    );
  }
  requireKnownOptions(`${className}.fromConfig`, options, OPTIONS);
  await ensureBackend();
  const weights = new RandomWeights(config, options.seed);
  return { layers: await load(weights, config), parameters: weights.parameters };
}
