/** The tokens of one layer of a model, or what its attention makes of them. */
import { dispose, reshape, type Tensor3D, tidy, transpose } from '@tensorflow/tfjs-core';
import { OptionError } from '../../errors/errors.ts';
import { CompiledModel } from '../../graph/engines/compiled-model.ts';
import type { Runnable } from '../../graph/engines/runnable.ts';
import type { PixelValues } from '../../images/pixel-values.ts';
import type { Dinov2Model } from '../families/dinov2/dinov2-model.ts';
import { readFloat32 } from '../tasks/read-tensor.ts';
import { layerOf } from './layer-of.ts';
import { lookAtLayer } from './run-to-layer.ts';

/** What of a block's tokens: its output, or what its attention computes of its input. */
export const FACETS = ['token', 'query', 'key', 'value'] as const;

type Facet = (typeof FACETS)[number];

/** Which tokens. */
export interface WantedTokens {
  /** 1…L, 0 for the embeddings, or negative from the end */
  readonly layer: number;
  /** whether tokens go through the final norm; of queries, keys and values it means nothing */
  readonly applyLayernorm: boolean;
  readonly facet: Facet;
}

/** Values of tokens outside of TF.js. */
export interface TokenValues {
  /** [1 + R + N, D] row-major */
  readonly values: Float32Array;
  /** D, or A · K of queries, keys and values */
  readonly dim: number;
}

const NOTHING_BESIDE = { outputHiddenStates: false, outputAttentions: false } as const;
const WHERE = 'patchFeatures';

/**
 * CLS, registers and patches of one image; the blocks behind their layer don't run.
 *
 * @param pixelValues [1, 3, H, W]
 * @throws OptionError on a layer that the model doesn't have, and on what a compiled model can't give; what `forward` throws
 */
export async function tokensOf(
  model: Runnable<Dinov2Model>,
  pixelValues: PixelValues,
  { layer, applyLayernorm, facet }: WantedTokens,
): Promise<TokenValues> {
  const { numHiddenLayers: L } = model.config;
  const positive = layerOf(WHERE, layer, L, facet === 'token' ? 0 : 1);
  let tokens: Tensor3D;
  if (model instanceof CompiledModel) {
    tokens = await compiledTokens(model, pixelValues, { layer: positive, applyLayernorm, facet });
  } else if (facet === 'token') {
    tokens = layerTokens(model, pixelValues, positive, applyLayernorm);
  } else {
    tokens = facetTokens(model, pixelValues, positive, facet);
  }
  try {
    return { values: await readFloat32(tokens), dim: tokens.shape[2] };
  } finally {
    tokens.dispose();
  }
}

/** @returns [1, T, D], owned by the caller */
function layerTokens(
  { layers }: Dinov2Model,
  pixelValues: PixelValues,
  layer: number,
  applyLayernorm: boolean,
): Tensor3D {
  return tidy(() => {
    const { output } = layers.forward(WHERE, pixelValues, NOTHING_BESIDE, [], layer);
    return applyLayernorm ? layers.norm.forward(output) : output;
  });
}

/** @returns [1, T, A · K], owned by the caller */
function facetTokens(
  model: Dinov2Model,
  pixelValues: PixelValues,
  layer: number,
  facet: Exclude<Facet, 'token'>,
): Tensor3D {
  return lookAtLayer(WHERE, model, pixelValues, layer, ({ [facet]: heads }) => {
    const [, A, T, K] = heads.shape;
    return reshape(transpose(heads, [0, 2, 1, 3]), [1, T, A * K]);
  });
}

/** Of a graph, whose weights are the engine's: the norm of an earlier layer is not among what it computes. */
async function compiledTokens(
  model: CompiledModel<Dinov2Model>,
  pixelValues: PixelValues,
  { layer, applyLayernorm, facet }: WantedTokens,
): Promise<Tensor3D> {
  const isLast = layer === model.config.numHiddenLayers;
  if (facet !== 'token' || (applyLayernorm && !isLast)) {
    const [name, got] = facet === 'token' ? ['layer', layer] : ['facet', facet];
    throw new OptionError(
      `${WHERE}: ${name}: expected tokens of the last layer, or applyLayernorm: false, of a compiled model, got ${got}; use the model on TF.js`,
    );
  }
  const states = applyLayernorm ? false : [layer];
  const output = await model.forward(pixelValues, { ...NOTHING_BESIDE, outputHiddenStates: states });
  const wanted = output.hiddenStates?.[0] ?? output.lastHiddenState;
  dispose(output.tensors.filter((each) => each !== wanted));
  return wanted;
}
