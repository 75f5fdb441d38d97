/** Options that say which tensors of a file are the weights of a model. */
import type { IgnoreUnexpected } from './key-schemes/ignore-names.ts';

/** How the weights are found among all that a file holds. */
export interface WeightsOptions {
  /**
   * the container of a PyTorch file to take them from, such as `state_dict_ema`, or keys joined by dots; default: the
   * teacher, else the moving average as timm has it, else the model
   */
  weightsKey?: string | undefined;
  /**
   * what stands before their names, such as `encoder.vit.`; tensors whose names begin otherwise are left out. Default:
   * whatever stands before the CLS token
   */
  prefix?: string | undefined;
  /**
   * tensors to leave out that are no part of a DINOv2 model, such as a head of one's own: `true`, a glob such as `fc.*` over
   * names in the file, or several; without it, they are an error
   */
  ignoreUnexpected?: IgnoreUnexpected | undefined;
}

/** The names of all options. */
export const WEIGHTS_OPTIONS = [
  'weightsKey',
  'prefix',
  'ignoreUnexpected',
] as const satisfies (keyof WeightsOptions)[];
