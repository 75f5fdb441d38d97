/** What classifiers of features read of a batch of images. */
import { dispose, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
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
 * The CLS tokens of the last blocks, each after the final norm, and the mean of the last block's patches.
 *
 * Source: facebookresearch/dinov2, `get_intermediate_layers(x, n, return_class_token=True)`, as `eval/linear.py` calls it.
 *
 * @param model any class; its head is left out
 * @param blocks n, at most those that the model has
 */
export async function blockFeatures(
  { layers, config }: Dinov2PreTrainedModel,
  pixelValues: PixelValues,
  blocks: number,
): Promise<BlockFeatures> {
  const kept = Array.from({ length: blocks }, (_, i) => config.numHiddenLayers - blocks + 1 + i);
  const made = tidy((): Tensor2D[] => {
    const options = { outputHiddenStates: false, outputAttentions: false };
    const states = layers.forward('datasetFeatures', pixelValues, options, kept).kept;
    const last = states.at(-1);
    if (last === undefined) throw new Error('internal: features of no block');
    const normed: Tensor3D = layers.norm.forward(last);
    const earlier = states.slice(0, -1).map((state) => layers.norm.forward(clsToken(state)));
    return [...earlier, clsToken(normed), patchMean(normed, config.numRegisterTokens)];
  });
  try {
    const values = await Promise.all(made.map(readFloat32));
    return { layers: values.slice(0, -1), patchMean: values.at(-1) ?? new Float32Array() };
  } finally {
    dispose(made);
  }
}
