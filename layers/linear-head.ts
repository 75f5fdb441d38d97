/** Heads on top of the normalised tokens. */
import { concat, mean, reshape, slice, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import { Linear } from './linear.ts';
import type { WeightReader } from './weight-reader.ts';

/** The sizes of a linear classification head. */
export interface LinearHeadOptions {
  /** D */
  dim: number;
  /** n, the layers whose CLS token it reads: the last ones */
  numLayers: number;
  /** 0 leaves the features as they are */
  numLabels: number;
  /** R, tokens between CLS and the patches that belong to neither */
  numRegisterTokens: number;
}

/**
 * A linear classifier of [CLS of the last n layers, mean of the last layer's patches], all after the final norm.
 *
 * Meta: `_LinearClassifierWrapper`, whose n is 1 or 4 · HF: the `classifier` of `Dinov2ForImageClassification`, whose
 * n is 1. Both leave registers out of the mean.
 */
export class LinearHead {
  readonly linear: Linear | undefined;
  readonly numRegisterTokens: number;

  /** @param linear (n + 1)·D → labels; absent if the features themselves are wanted */
  constructor(linear: Linear | undefined, numRegisterTokens: number) {
    this.linear = linear;
    this.numRegisterTokens = numRegisterTokens;
  }

  /** Reads the layer, unless there are no labels. */
  static async load(weights: WeightReader, options: LinearHeadOptions): Promise<LinearHead> {
    const { dim, numLayers, numLabels, numRegisterTokens } = options;
    const linear = numLabels > 0 ? await Linear.load(weights, (numLayers + 1) * dim, numLabels) : undefined;
    return new LinearHead(linear, numRegisterTokens);
  }

  /**
   * @param tokens [B, 1 + R + N, D], the last layer after the final norm; borrowed
   * @param earlier [B, D] each, the CLS tokens of the n − 1 layers before it after the final norm, first layer first;
   * borrowed
   * @returns [B, labels], or [B, (n + 1)·D] where there are no labels; owned by the caller
   */
  forward(tokens: Tensor3D, earlier: readonly Tensor2D[] = []): Tensor2D {
    const features = tidy((): Tensor2D => {
      const last = [clsToken(tokens), patchMean(tokens, this.numRegisterTokens)];
      return concat([...earlier, ...last], 1);
    });
    if (this.linear === undefined) return features;
    const logits = this.linear.forward(features);
    features.dispose();
    return logits;
  }
}

/**
 * @param tokens [B, T, D]
 * @returns [B, D], the first token; owned by the caller
 */
export function clsToken(tokens: Tensor3D): Tensor2D {
  const [B, , D] = tokens.shape;
  return tidy(() => reshape(slice(tokens, [0, 0, 0], [B, 1, D]), [B, D]));
}

/**
 * @param tokens [B, 1 + R + N, D]
 * @returns [B, D], the mean over the N patches; owned by the caller
 */
export function patchMean(tokens: Tensor3D, numRegisterTokens: number): Tensor2D {
  const [B, T, D] = tokens.shape;
  const first = 1 + numRegisterTokens;
  return tidy(() => mean(slice(tokens, [0, first, 0], [B, T - first, D]), 1) as Tensor2D);
}
