/** What classifiers of features read of a batch of images. */
import { concat, dispose, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import type { PixelValues } from '../../images/pixel-values.ts';
import { clsToken, patchMean } from '../../layers/linear-head.ts';
import type { Dinov2PreTrainedModel } from '../families/dinov2/dinov2-pretrained-model.ts';
import { readFloat32 } from '../tasks/read-tensor.ts';

/** Rows of values for a batch, [B, D] row-major each. */
export interface BlockFeatures {
  /** the CLS tokens of the last blocks after the final norm, earliest first */
  readonly layers: readonly Float32Array[];
  /** the mean of the patches of the last block after the final norm */
  readonly patchMean: Float32Array;
}

/**
 * The CLS tokens of the last blocks, each after the final norm, earliest first, and the mean of the last block's patches.
 *
 * Source: facebookresearch/dinov2, `get_intermediate_layers(x, n, return_class_token=True)`, as `eval/linear.py` calls it.
 *
 * @returns [B, D] each, owned by the caller
 */
function blockTensors(
  { layers, config }: Dinov2PreTrainedModel,
  pixelValues: PixelValues,
  blocks: number,
): Tensor2D[] {
  const kept = Array.from({ length: blocks }, (_, i) => config.numHiddenLayers - blocks + 1 + i);
  return tidy(() => {
    const options = { outputHiddenStates: false, outputAttentions: false };
    const states = layers.forward('datasetFeatures', pixelValues, options, kept).kept;
    const last = states.at(-1);
    if (last === undefined) throw new Error('internal: features of no block');
    const normed: Tensor3D = layers.norm.forward(last);
    const earlier = states.slice(0, -1).map((state) => layers.norm.forward(clsToken(state)));
    return [...earlier, clsToken(normed), patchMean(normed, config.numRegisterTokens)];
  });
}

/**
 * What classifiers of features read.
 *
 * @param model any class; its head is left out
 * @param blocks n, at most those that the model has
 */
export async function blockFeatures(
  model: Dinov2PreTrainedModel,
  pixelValues: PixelValues,
  blocks: number,
): Promise<BlockFeatures> {
  const made = blockTensors(model, pixelValues, blocks);
  try {
    const values = await Promise.all(made.map(readFloat32));
    return { layers: values.slice(0, -1), patchMean: values.at(-1) ?? new Float32Array() };
  } finally {
    dispose(made);
  }
}

/**
 * What the head of a classifier is applied to: the same side by side, for as many blocks as its head reads.
 *
 * @returns [B, (n + 1)·D], owned by the caller
 */
export function headFeatures(model: Dinov2PreTrainedModel, pixelValues: PixelValues): Tensor2D {
  return tidy(() => concat(blockTensors(model, pixelValues, model.config.numClassifierLayers), 1));
}
