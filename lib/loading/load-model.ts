/** From a source to a model with its checkpoint's weights. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { WeightReader } from '../../layers/weight-reader.ts';
import type { Dinov2Config, Dinov2ConfigFields } from '../configuration/dinov2-config.ts';

export type ModelSource = string | URL;
export interface LoadOptions
  extends Pick<Dinov2ConfigFields, 'positionInterpolation' | 'outFeatures' | 'outIndices'> {
  revision?: string;
}
export interface LoadRules {
  mayIgnore?: (name: string) => boolean;
}
export async function loadModel<Layers>(
  _where: string,
  _source: ModelSource,
  _options: LoadOptions,
  _load: (weights: WeightReader, config: Dinov2Config) => Promise<Layers>,
  _rules: LoadRules = {},
): Promise<{ layers: Layers; parameters: Map<string, Tensor> }> {
  throw new Error('internal: not yet');
}
