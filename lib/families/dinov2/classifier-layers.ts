/** The layers of a classifier, built from its configuration. */
import { LinearHead } from '../../../layers/linear-head.ts';
import type { WeightReader } from '../../../layers/weight-reader.ts';
import { BackboneLayers } from './backbone-layers.ts';
import type { Dinov2Config } from './configuration/dinov2-config.ts';

/** A backbone and its head. */
export interface ClassifierLayers {
  backbone: BackboneLayers;
  head: LinearHead;
}

/** Reads every layer, the head's under `head`. */
export async function loadClassifierLayers(
  weights: WeightReader,
  config: Dinov2Config,
): Promise<ClassifierLayers> {
  const backbone = await BackboneLayers.load(weights, config);
  const head = await LinearHead.load(weights.scope('head'), {
    dim: config.hiddenSize,
    numLayers: config.numClassifierLayers,
    numLabels: config.numLabels,
    numRegisterTokens: config.numRegisterTokens,
  });
  return { backbone, head };
}
