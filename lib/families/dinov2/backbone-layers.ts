/** The layers every DINOv2 model shares, built from its configuration. */
import { dispose, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import type { PixelValues } from '../../../images/pixel-values.ts';
import { Embeddings, type EmbeddingsOptions } from '../../../layers/embeddings.ts';
import { Encoder, type EncoderOptions } from '../../../layers/encoder.ts';
import { LayerNorm } from '../../../layers/layer-norm.ts';
import type { PositionResampling } from '../../../layers/pos-embed.ts';
import type { WeightReader } from '../../../layers/weight-reader.ts';
import {
  additiveMask,
  type MaskedForwardOptions,
  pixelTensor,
  sizeWarnings,
  wantedInternals,
} from '../../model/forward-options.ts';
import { bothAxes } from '../../model/model-config.ts';
import type { Internals } from '../../model/outputs.ts';
import { readVisitor } from '../../model/read-visitor.ts';
import type { Dinov2Config } from './dinov2-config.ts';

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

/** The resampling of positions that a configuration asks for. */
export function positionResampling(config: Dinov2Config): PositionResampling {
  const registers = config.modelType === 'dinov2_with_registers' || config.numRegisterTokens > 0;
  if (registers || config.positionInterpolation === 'timm') return 'bicubic-antialias';
  return config.positionInterpolation === 'original' ? 'bicubic-offset' : 'bicubic';
}

/** The sizes of all layers. */
function layerOptions(config: Dinov2Config): EmbeddingsOptions & EncoderOptions {
  return {
    dim: config.hiddenSize,
    numChannels: config.numChannels,
    patchSize: bothAxes(config.patchSize),
    grid: config.positionGrid,
    resampling: positionResampling(config),
    numRegisterTokens: config.numRegisterTokens,
    maskToken: config.useMaskToken,
    depth: config.numHiddenLayers,
    numHeads: config.numAttentionHeads,
    headSize: config.headDim,
    qkvBias: config.qkvBias,
    ffn: config.useSwigluFfn ? 'swiglu' : 'mlp',
    hiddenDim: config.ffnHiddenSize,
    activation: config.hiddenAct,
    dropout: config.hiddenDropoutProb,
    attentionDropout: config.attentionProbsDropoutProb,
    dropPathRate: config.dropPathRate,
    epsilon: config.layerNormEps,
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
    const options = layerOptions(config);
    const embeddings = await Embeddings.load(weights, options);
    const encoder = await Encoder.load(weights, options);
    const norm = await LayerNorm.load(weights.scope('norm'), options);
    return new BackboneLayers(config, embeddings, encoder, norm);
  }

  /**
   * From pixels to the residual stream after the last block that runs. If it fails, the caller's `tidy` frees what is there.
   *
   * @param where the caller's name, for error messages
   * @param pixelValues [B, C, H, W] float32; borrowed
   * @param keep indices 0…L of the residual stream to return beside those that the options ask for
   * @param numBlocks how many blocks run, from the first on; no later state may be asked for
   */
  forward(
    where: string,
    pixelValues: Tensor4D | PixelValues,
    options: MaskedForwardOptions,
    keep: readonly number[] = [],
    numBlocks = this.config.numHiddenLayers,
  ): Stream {
    const { states, attentions } = wantedInternals(where, options, this.config);
    const visitor = readVisitor(where, options.attentionVisitor, this.config.numHiddenLayers);
    const pixels = pixelTensor(where, pixelValues);
    const [B, , H, W] = pixels.shape;
    const { patchSize } = this.embeddings.patchEmbed;
    const tokens = this.embeddings.forward(pixels, options.boolMaskedPos, options.training);
    const { attentionMask } = options; // null is none
    const mask = attentionMask ? additiveMask(where, attentionMask, B, tokens.shape[1]) : undefined;
    const tapped: Tensor4D[] | undefined = attentions ? [] : undefined;
    const { output, hiddenStates } = this.encoder.forward(tokens, {
      mask,
      numBlocks,
      visitor,
      taps: { attention: tapped },
      random: options.training,
      keepHiddenStates: new Set([...keep, ...(states ?? [])]),
    });
    const state = (index: number) => hiddenStates.get(index)?.clone() as Tensor3D;
    const internals = {
      named: [
        ...[...new Set(states)].map((i) => [`hidden_states.${i}`, state(i)] as const),
        ...(tapped ?? []).map((weights, i) => [`attentions.${i}`, weights] as const),
      ],
      states,
      warnings: sizeWarnings(pixels.shape, patchSize),
    };
    const kept = keep.map(state);
    dispose({ pixels, tokens, mask, states: [...hiddenStates.values()] });
    return { output, kept, internals, grid: [Math.floor(H / patchSize[0]), Math.floor(W / patchSize[1])] };
  }

  /** Frees what the layers made for themselves; the weights belong to the model. */
  dispose(): void {
    this.embeddings.posEmbed.dispose();
  }
}
