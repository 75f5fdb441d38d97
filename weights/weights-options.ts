/** Options that say which tensors of a file are the weights of a model. */
import { type OptionsOf, text, value } from '../options/rows.ts';
import type { IgnoreUnexpected } from './key-schemes/ignore-names.ts';

/** How the weights are found among all that a file holds. */
export const WEIGHTS_OPTIONS = {
  /**
   * the container of a PyTorch file to take them from, such as `state_dict_ema`, or keys joined by dots; default: the
   * teacher, else the moving average as timm has it, else the model
   */
  weightsKey: text({
    flag: '--weights-key <key>',
    help: 'container of a PyTorch file to take the weights from, as in state_dict_ema',
  }),
  /**
   * what stands before their names, such as `encoder.vit.`; tensors whose names begin otherwise are left out. Default:
   * whatever stands before the CLS token
   */
  prefix: text({
    flag: '--prefix <text>',
    help: 'what stands before the names of the weights, as in encoder.vit.; others are left out',
  }),
  /**
   * tensors to leave out that are no part of a DINOv2 model, such as a head of one's own: `true`, a glob such as `fc.*` over
   * names in the file, or several; without it, they are an error
   */
  ignoreUnexpected: value<IgnoreUnexpected>({
    flag: '--ignore <globs...>',
    help: "tensors to leave out that are no part of the model, as in 'fc.*'; '*' for all",
  }),
};

/** How the weights are found among all that a file holds. */
export interface WeightsOptions extends OptionsOf<typeof WEIGHTS_OPTIONS> {}
