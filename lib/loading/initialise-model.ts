/** From a configuration to a model with random weights. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { WeightReader } from '../../layers/weight-reader.ts';
import { ensureBackend } from '../devices.ts';
import { RandomWeights } from './random-weights.ts';

/** How a model without a checkpoint starts. */
export interface InitialiseOptions {
  /** the same seed gives the same weights everywhere; default 0 */
  seed?: number;
}

/**
 * Runs a model's loading on random weights.
 *
 * @returns the layers and every weight they use, owned by the caller
 */
export async function initialiseModel<Layers>(
  { seed = 0 }: InitialiseOptions,
  load: (weights: WeightReader) => Promise<Layers>,
): Promise<{ layers: Layers; parameters: Map<string, Tensor> }> {
  await ensureBackend();
  const weights = new RandomWeights(seed);
  return { layers: await load(weights), parameters: weights.parameters };
}
