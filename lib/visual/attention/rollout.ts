/** Rollout of attention, with its settings: by a matrix of all tokens, or by one row of it. */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';

/** What may become of the weights of all heads at one place. */
export const FUSIONS = ['mean', 'min', 'max'] as const;

/** One of them. */
export type HeadFusion = (typeof FUSIONS)[number];

/** How the weights of a layer are put together. */
export interface RolloutSettings {
  readonly headFusion: HeadFusion;
  /** the share of a layer's weights, the lowest, that is taken for 0; that of CLS to itself stays */
  readonly discardRatio: number;
}

/**
 * How much of each input token has come into each token by way of the layers that were added.
 *
 * Source: Abnar & Zuidema, Quantifying Attention Flow in Transformers, arXiv:2005.00928, §3, with the mean of heads. Fusion by
 * minimum and maximum and the discarded share follow
 * github.com/jacobgil/vit-explain/blob/15a81d355a5aa6128ea4e71bbd56c28888d0f33b/vit_rollout.py#L9-L33,
 * which divides columns in place of rows by the sums of rows; both are one where every row sums to 1.
 */
export interface Rollout {
  /**
   * Adds the next layer.
   *
   * @param query [1, A, T, K]; borrowed
   * @param key [1, A, T, K]; borrowed
   */
  add(query: Tensor4D, key: Tensor4D): void;
  /** @returns [1, T]: how much of each input token there is in a token; owned by the caller */
  row(token: number): Tensor2D;
  dispose(): void;
}
