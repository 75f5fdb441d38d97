/** How the checkpoint of a DINOv2 model is found and read. */
import type { HeadOptions } from '../../loading/attach-head.ts';
import type { NewHeadOptions } from '../../loading/new-head.ts';
import type { LoadModelOptions } from '../../loading/open-class.ts';
import type { Dinov2Config } from './dinov2-config.ts';
import type { CHOSEN_FIELDS, Dinov2ConfigFields } from './dinov2-fields.ts';

/** How a checkpoint is found and read. */
export interface LoadOptions
  extends Omit<LoadModelOptions, 'config' | 'fields' | keyof HeadOptions | keyof NewHeadOptions>,
    Pick<Dinov2ConfigFields, (typeof CHOSEN_FIELDS)[number]> {
  /** the configuration; default that of `config.json`, or, where there is none, what the tensors say of it */
  config?: Dinov2Config;
  /** fields that differ from the configuration, or that the tensors do not tell, such as `numAttentionHeads` */
  fields?: Dinov2ConfigFields;
}

/** How a classifier is found and read. */
export interface ClassifierLoadOptions extends LoadOptions, HeadOptions, NewHeadOptions {}
