/** How the checkpoint of a DINOv2 model is found and read. */
import type { HeadOptions } from '../../loading/attach-head.ts';
import type { LoadModelOptions } from '../../loading/load-model.ts';
import type { Dinov2Config } from './configuration/dinov2-config.ts';
import type { Dinov2ConfigFields } from './configuration/dinov2-config-fields.ts';

/** Fields of the configuration that may be chosen when a checkpoint is loaded. */
export const CHOSEN_FIELDS = [
  'positionInterpolation',
  'outFeatures',
  'outIndices',
  'applyLayernorm',
  'reshapeHiddenStates',
  'outputHiddenStates',
  'outputAttentions',
  'problemType',
] as const satisfies (keyof Dinov2ConfigFields)[];

/** How a checkpoint is found and read. */
export interface LoadOptions
  extends Omit<LoadModelOptions, 'config' | 'fields' | keyof HeadOptions>,
    Pick<Dinov2ConfigFields, (typeof CHOSEN_FIELDS)[number]> {
  /** the configuration; default that of `config.json`, or, where there is none, what the tensors say of it */
  config?: Dinov2Config;
  /** fields that differ from the configuration, or that the tensors do not tell, such as `numAttentionHeads` */
  fields?: Dinov2ConfigFields;
}

/** How a classifier is found and read. */
export interface ClassifierLoadOptions extends LoadOptions, HeadOptions {}
