/** Rollout: how much of each input token has come into each token by way of all layers. */
import {
  add,
  div,
  eye,
  keep,
  matMul,
  maximum,
  minimum,
  mul,
  reshape,
  slice,
  softmax,
  sum,
  type Tensor2D,
  type Tensor4D,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';

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
 * The product Â_l ⋯ Â_1 of the layers so far, where Â is 0.5·A + 0.5·I with rows that sum to 1, and A a layer's weights in one
 * matrix for all heads. A layer is added while it runs, its heads one after another: a few T×T matrices are in memory, however many
 * heads and layers there are.
 *
 * Source: Abnar & Zuidema, Quantifying Attention Flow in Transformers, arXiv:2005.00928, §3, with the mean of heads. Fusion by
 * minimum and maximum and the discarded share follow
 * github.com/jacobgil/vit-explain/blob/15a81d355a5aa6128ea4e71bbd56c28888d0f33b/vit_rollout.py#L9-L33,
 * which divides columns in place of rows by the sums of rows; both are one where every row sums to 1.
 */
export class RolloutMatrix {
  private readonly settings: RolloutSettings;
  /** [T, T] */
  private product: Tensor2D | undefined;

  constructor(settings: RolloutSettings) {
    this.settings = settings;
  }

  /**
   * Adds the next layer.
   *
   * @param query [1, A, T, K]; borrowed
   * @param key [1, A, T, K]; borrowed
   */
  add(query: Tensor4D, key: Tensor4D): void {
    const before = this.product;
    this.product = tidy(() => {
      const weights = discard(fuse(query, key, this.settings.headFusion), this.settings.discardRatio);
      const product = before ?? eye(weights.shape[0]);
      // (A + I) P / (1 + the sums of A's rows), as the halves cancel out: without a matrix for A + I
      const passed = add(matMul(weights, product), product);
      return keep(div(passed, add(sum(weights, 1, true), 1)));
    });
    before?.dispose();
  }

  /**
   * @returns [1, T]: how much of each input token there is in a token; owned by the caller
   */
  row(token: number): Tensor2D {
    if (this.product === undefined) throw new Error('internal: a rollout of no layer');
    return slice(this.product, [token, 0], [1, -1]);
  }

  dispose(): void {
    this.product?.dispose();
  }
}

/** The weights of all heads in one matrix [T, T]; those of one head at a time are in memory. */
function fuse(query: Tensor4D, key: Tensor4D, fusion: HeadFusion): Tensor2D {
  const [, A, T, K] = query.shape;
  const combine = { mean: add, min: minimum, max: maximum }[fusion];
  return tidy(() => {
    const headOf = (packed: Tensor4D, head: number): Tensor2D =>
      reshape(slice(packed, [0, head, 0, 0], [1, 1, T, K]), [T, K]);
    let fused: Tensor2D | undefined;
    for (let head = 0; head < A; head++) {
      const before = fused;
      fused = tidy(() => {
        const scaled: Tensor2D = mul(headOf(query, head), K ** -0.5);
        const weights = weightsOf(scaled, headOf(key, head));
        return before === undefined ? weights : (combine(before, weights) as Tensor2D);
      });
      before?.dispose();
    }
    if (fused === undefined) throw new Error('internal: attention without heads');
    return fusion === 'mean' ? mul(fused, 1 / A) : fused;
  });
}

/** [T, K] of one head → [T, T]; the scores are gone before anything else is computed. */
function weightsOf(query: Tensor2D, key: Tensor2D): Tensor2D {
  return tidy(() => softmax(matMul(query, key, false, true)));
}

/** The weights with the lowest of them at 0; of equal ones, those that come first. */
function discard(weights: Tensor2D, ratio: number): Tensor2D {
  const count = Math.floor(weights.size * ratio);
  if (count === 0) return weights;
  const values = weights.dataSync<'float32'>().slice();
  const highest = values.slice().sort()[count - 1]!;
  let equal = count - values.reduce((below, value) => below + (value < highest ? 1 : 0), 0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const isLow = value < highest || (value === highest && equal-- > 0);
    if (isLow && i > 0) values[i] = 0;
  }
  return tensor2d(values, weights.shape);
}
