/** The layers every DINOv2 model shares, built from its configuration. */
import { dispose, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import type { BlockOptions } from '../../../layers/block.ts';
import { Embeddings } from '../../../layers/embeddings.ts';
import { Encoder } from '../../../layers/encoder.ts';
import { LayerNorm } from '../../../layers/layer-norm.ts';
import type { PositionResampling } from '../../../layers/pos-embed.ts';
import type { Initialisation, WeightReader } from '../../../layers/weight-reader.ts';
import {
  additiveMask,
  hiddenStateIndices,
  type MaskedForwardOptions,
  type PixelValues,
  pixelTensor,
  sizeWarnings,
} from '../../model/forward-options.ts';
import type { Internals } from '../../model/outputs.ts';
import { bothAxes } from './configuration/config-fields.ts';
import type { Dinov2Config } from './configuration/dinov2-config.ts';

/** The residual stream of one forward pass; every tensor is owned by the caller. */
export interface Stream {
  /** [B, T, D], before the final norm */
  output: Tensor3D;
  /** [B, T, D] each: the states asked for by `keep`, in its order */
  kept: Tensor3D[];
  internals: Internals;
  /** the grid [h, w] of patches */
  grid: readonly [number, number];
}

/** The initialisation of every matrix and token (`_init_weights` of transformers). */
export function initialWeights(config: Dinov2Config): Initialisation {
  return { kind: 'truncated-normal', standardDeviation: config.initializerRange };
}

/** The resampling of positions that a configuration asks for. */
export function positionResampling(config: Dinov2Config): PositionResampling {
  const registers = config.modelType === 'dinov2_with_registers' || config.numRegisterTokens > 0;
  if (registers || config.positionInterpolation === 'timm') return 'bicubic-antialias';
  return config.positionInterpolation === 'original' ? 'bicubic-offset' : 'bicubic';
}

function blockOptions(config: Dinov2Config): BlockOptions {
  const hiddenDim = config.ffnHiddenSize;
  return {
    dim: config.hiddenSize,
    attention: { numHeads: config.numAttentionHeads, headSize: config.headDim, qkvBias: config.qkvBias },
    ffn: config.useSwigluFfn
      ? { kind: 'swiglu', hiddenDim }
      : { kind: 'mlp', hiddenDim, activation: config.hiddenAct },
    epsilon: config.layerNormEps,
    layerScale: config.layerscaleValue,
    initial: initialWeights(config),
  };
}

/** Embeddings, blocks and final norm. Meta: `DinoVisionTransformer`. */
export class BackboneLayers {
  readonly config: Dinov2Config;
  readonly embeddings: Embeddings;
  readonly encoder: Encoder;
  readonly norm: LayerNorm;

  private constructor(config: Dinov2Config, embeddings: Embeddings, encoder: Encoder, norm: LayerNorm) {
    this.config = config;
    this.embeddings = embeddings;
    this.encoder = encoder;
    this.norm = norm;
  }

  /** Reads every layer, under the names of the original code. */
  static async load(weights: WeightReader, config: Dinov2Config): Promise<BackboneLayers> {
    const dim = config.hiddenSize;
    const embeddings = await Embeddings.load(weights, {
      dim,
      patchEmbed: { numChannels: config.numChannels, patchSize: bothAxes(config.patchSize) },
      posEmbed: { grid: config.positionGrid, resampling: positionResampling(config) },
      numRegisterTokens: config.numRegisterTokens,
      maskToken: config.useMaskToken,
      initial: initialWeights(config),
    });
    const encoder = await Encoder.load(weights, {
      depth: config.numHiddenLayers,
      block: blockOptions(config),
    });
    const norm = await LayerNorm.load(weights.scope('norm'), { dim, epsilon: config.layerNormEps });
    return new BackboneLayers(config, embeddings, encoder, norm);
  }

  /**
   * From pixels to the residual stream after the last block.
   *
   * @param where the caller's name, for error messages
   * @param pixelValues [B, C, H, W] float32; borrowed
   * @param keep indices 0…L of the residual stream to return beside those that the options ask for
   */
  forward(
    where: string,
    pixelValues: Tensor4D | PixelValues,
    options: MaskedForwardOptions,
    keep: readonly number[] = [],
  ): Stream {
    const {
      outputHiddenStates = this.config.outputHiddenStates,
      outputAttentions = this.config.outputAttentions,
    } = options;
    const wanted = hiddenStateIndices(where, outputHiddenStates, this.encoder.blocks.length);
    const pixels = pixelTensor(where, pixelValues);
    const [B, , H, W] = pixels.shape;
    const [patchHeight, patchWidth] = this.embeddings.patchEmbed.patchSize;
    let tokens: Tensor3D | undefined;
    let mask: Tensor4D | undefined;
    try {
      tokens = this.embeddings.forward(pixels, options.boolMaskedPos);
      mask = options.attentionMask && additiveMask(where, options.attentionMask, B, tokens.shape[1]);
      const result = this.encoder.forward(tokens, {
        mask,
        keepHiddenStates: new Set([...keep, ...(wanted ?? [])]),
        keepAttentions: outputAttentions,
      });
      const state = (index: number) => result.hiddenStates.get(index)?.clone() as Tensor3D;
      const hiddenStates = wanted?.map(state);
      const kept = keep.map(state);
      dispose([...result.hiddenStates.values()]);
      return {
        output: result.output,
        kept,
        internals: {
          hiddenStates,
          attentions: outputAttentions ? result.attentions : undefined,
          warnings: sizeWarnings(pixels.shape, [patchHeight, patchWidth]),
        },
        grid: [Math.floor(H / patchHeight), Math.floor(W / patchWidth)],
      };
    } finally {
      dispose([pixels, ...(tokens ? [tokens] : []), ...(mask ? [mask] : [])]);
    }
  }

  /** Frees what the layers made for themselves; the weights belong to the model. */
  dispose(): void {
    this.embeddings.posEmbed.dispose();
  }
}
