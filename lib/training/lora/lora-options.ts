/** The options of low-rank adapters. */
import { bool, integer, nonNegative, type OptionsOf, positiveInteger, value } from '../../../options/rows.ts';

/** Which linear layers get adapters, and of which form. */
export const LORA_OPTIONS = {
  /** the rank of each adapter; default 8 */
  r: positiveInteger({ default: 8 }),
  /** α: what an adapter gives is multiplied by α / r; default 8 */
  alpha: nonNegative({ default: 8 }),
  /** whether it is multiplied by α / √r instead, which suits large ranks; default false. Kalajdzievski, arXiv:2312.03732 */
  rslora: bool({ default: false }),
  /**
   * modules of transformers, by the ends of their names: `q_proj`, `k_proj`, `v_proj`, `o_proj`, `fc1`, `fc2`, `gate_proj`, `up_proj`,
   * `down_proj`, `0.attention.q_proj`; or `all-linear` for all of every block; default `q_proj` and `v_proj`
   */
  targets: value<readonly string[] | 'all-linear'>(),
  /** of the matrices that adapters start from, which are peft's after `torch.manual_seed`; default 0 */
  seed: integer(),
};

/** Which linear layers get adapters, and of which form. */
export interface LoraOptions extends OptionsOf<typeof LORA_OPTIONS> {}
