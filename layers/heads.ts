/** Heads on top of the normalised tokens. */
import { concat, mean, reshape, slice, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import { Linear } from './linear.ts';
import type { Initialisation, WeightReader } from './weight-reader.ts';

/** The sizes of a linear classification head. */
export interface LinearHeadOptions {
  /** D */
  dim: number;
  /** 0 leaves the features as they are */
  numLabels: number;
  /** R, tokens between CLS and the patches that belong to neither */
  numRegisterTokens: number;
  initial: Initialisation;
}

/**
 * A linear classifier of [CLS, mean of the patches].
 *
 * Meta: `_LinearClassifierWrapper` with one layer · HF: the `classifier` of `Dinov2ForImageClassification`.
 */
export class LinearHead {
  readonly linear: Linear | undefined;
  readonly numRegisterTokens: number;

  /** @param linear 2·D → labels; absent if the features themselves are wanted */
  constructor(linear: Linear | undefined, numRegisterTokens: number) {
    this.linear = linear;
    this.numRegisterTokens = numRegisterTokens;
  }

  /** Reads the layer, unless there are no labels. */
  static async load(weights: WeightReader, options: LinearHeadOptions): Promise<LinearHead> {
    const { dim, numLabels, numRegisterTokens, initial } = options;
    if (numLabels === 0) return new LinearHead(undefined, numRegisterTokens);
    const linear = await Linear.load(weights, { inputs: 2 * dim, outputs: numLabels, bias: true, initial });
    return new LinearHead(linear, numRegisterTokens);
  }

  /**
   * @param tokens [B, 1 + R + N, D] after the final norm
   * @returns [B, labels], or [B, 2·D] where there are no labels; owned by the caller
   */
  forward(tokens: Tensor3D): Tensor2D {
    const features = pooledFeatures(tokens, this.numRegisterTokens);
    if (this.linear === undefined) return features;
    const logits = this.linear.forward(features);
    features.dispose();
    return logits;
  }
}

/**
 * [CLS, mean of the patches]; registers are in neither.
 *
 * @param tokens [B, 1 + R + N, D]
 * @returns [B, 2·D], owned by the caller
 */
export function pooledFeatures(tokens: Tensor3D, numRegisterTokens: number): Tensor2D {
  return tidy(() => concat([clsToken(tokens), patchMean(tokens, numRegisterTokens)], 1) as Tensor2D);
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
