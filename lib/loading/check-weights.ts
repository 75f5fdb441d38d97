/** Comparing a checkpoint with what a model needs. */
import type { WeightReader } from '../../layers/weight-reader.ts';
import type { Dinov2Config } from '../families/dinov2/configuration/dinov2-config.ts';
import { WeightsCheck } from './checkpoint-weights.ts';
import type { OpenedModel } from './open-model.ts';

/** Builds the layers of a class from a reader of weights. */
export type LoadLayers<Layers> = (weights: WeightReader, config: Dinov2Config) => Promise<Layers>;

/**
 * Checks that a checkpoint has every weight that a class needs, of the right shape, and no other; no value is read, and no
 * backend of TF.js is needed.
 *
 * @param load builds the layers; these are thrown away
 * @param mayIgnore names of weights the class has no use for
 * @returns the file's tensors in the order in which layers ask for them
 * @throws WeightsError listing everything that is missing, unexpected or misshapen
 */
export async function checkWeights(
  { checkpoint, mapped, config }: OpenedModel,
  load: LoadLayers<unknown>,
  mayIgnore: (name: string) => boolean = () => false,
): Promise<string[]> {
  const check = new WeightsCheck(mapped);
  await load(check, config);
  check.finish(checkpoint.where, mayIgnore);
  return check.order();
}
