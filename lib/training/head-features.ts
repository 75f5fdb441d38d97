/** What a classifier's head reads of images. */
import { dispose, type Tensor2D } from '@tensorflow/tfjs-core';
import type { PixelValues } from '../../images/pixel-values.ts';
import { clsToken, LinearHead } from '../../layers/linear-head.ts';
import type { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';

/**
 * The features that the head of a classifier is applied to, by a pass through its fused kernels.
 *
 * @param pixelValues [B, C, H, W]
 * @returns [B, (n + 1)·D], owned by the caller
 */
export function headFeatures(model: Dinov2ForImageClassification, pixelValues: PixelValues): Tensor2D {
  const { numHiddenLayers: L, numClassifierLayers: n } = model.config;
  const states = Array.from({ length: n }, (_, i) => L - n + 1 + i);
  const output = model.forward(pixelValues, { outputHiddenStates: states, outputAttentions: false });
  try {
    const { norm } = model.layers;
    const normed = (output.hiddenStates ?? []).map((state) => norm.forward(state));
    const last = normed.at(-1);
    if (last === undefined) throw new Error('internal: a head that reads no layer');
    const earlier = normed.slice(0, -1).map(clsToken);
    const features = new LinearHead(undefined, model.config.numRegisterTokens).forward(last, earlier);
    dispose([normed, earlier]);
    return features;
  } finally {
    output.dispose();
  }
}
