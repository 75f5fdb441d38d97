/** From images to one vector each. */
import { concat, div, norm, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import { CompiledModel } from '../../graph/engines/compiled-model.ts';
import type { Runnable } from '../../graph/engines/runnable.ts';
import type { PixelValues } from '../../images/pixel-values.ts';
import { clsToken, patchMean } from '../../layers/linear-head.ts';
import { bool, choice, type OptionsOf, readOptions } from '../../options/rows.ts';
import type { Dinov2Model } from '../families/dinov2/dinov2-model.ts';
import { rowsOf } from './read-tensor.ts';
import { requireModel } from './require-model.ts';

/** The ways of making one vector of the tokens after the final norm. */
export const POOLINGS = ['cls', 'mean', 'cls+mean'] as const;

/**
 * `cls`: the CLS token [D]. `mean`: the mean of the patches [D], registers left out. `cls+mean`: both [2·D], what
 * the linear classifiers of the paper see.
 */
export type Pooling = (typeof POOLINGS)[number];

/** How images become vectors. */
export const EMBED_OPTIONS = {
  /** default `cls` */
  pool: choice(POOLINGS, {
    default: 'cls',
    flag: '--pool <how>',
    help: 'how tokens become one vector',
    refusal: ` must be one of ${POOLINGS.join(', ')}`,
  }),
  /** whether to divide each vector by its Euclidean length; default false */
  normalize: bool({ default: false, flag: '--normalize', help: 'divide each vector by its length' }),
};

/** How images become vectors. */
export interface EmbedOptions extends OptionsOf<typeof EMBED_OPTIONS> {}

/**
 * Embeds a batch of preprocessed images.
 *
 * @param model on TF.js, or compiled
 * @param pixelValues [B, C, H, W], as an image processor returns them
 * @returns B vectors
 * @throws OptionError on an unknown pooling, and a model of another class; what `forward` throws
 */
export async function embed(
  model: Runnable<Dinov2Model>,
  pixelValues: PixelValues,
  options: EmbedOptions = {},
): Promise<Float32Array[]> {
  const { pool, normalize } = readOptions('embed', options, EMBED_OPTIONS);
  requireModel('embed', model, 'Dinov2Model');
  const features = await pooledFeatures(model, pixelValues, pool);
  if (!normalize) return rowsOf(features);
  const vectors = tidy(() => div(features, norm(features, 2, 1, true)) as Tensor2D);
  features.dispose();
  return rowsOf(vectors);
}

/** @returns [B, D] or [B, 2·D], owned by the caller */
async function pooledFeatures(
  model: Runnable<Dinov2Model>,
  pixelValues: PixelValues,
  pool: Pooling,
): Promise<Tensor2D> {
  if (model instanceof CompiledModel && pool === 'cls') {
    const { pooler_output } = await model.outputs(pixelValues, ['pooler_output']);
    return pooler_output as Tensor2D;
  }
  const output = await model.forward(pixelValues, { outputHiddenStates: false, outputAttentions: false });
  try {
    return pooledTokens(output.lastHiddenState, model.config.numRegisterTokens, pool);
  } finally {
    // not every browser knows `using`
    output.dispose();
  }
}

/**
 * One vector of the tokens of each image.
 *
 * @param tokens [B, 1 + R + N, D] after the final norm; borrowed
 * @returns [B, D] or [B, 2·D], owned by the caller
 */
export function pooledTokens(tokens: Tensor3D, numRegisterTokens: number, pool: Pooling): Tensor2D {
  return tidy(() => {
    const cls = (): Tensor2D => clsToken(tokens);
    const mean = (): Tensor2D => patchMean(tokens, numRegisterTokens);
    const pooled: Record<Pooling, () => Tensor2D> = {
      cls,
      mean,
      'cls+mean': () => concat([cls(), mean()], 1) as Tensor2D,
    };
    return pooled[pool]();
  });
}
