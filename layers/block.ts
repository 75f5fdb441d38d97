/** One block of the transformer. */
import { dispose, type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { AttentionResult } from '../ops/attention.ts';
import { Attention, type AttentionOptions } from './attention.ts';
import { LayerNorm } from './layer-norm.ts';
import { LayerScale } from './layer-scale.ts';
import { Mlp, type MlpOptions } from './mlp.ts';
import { SwiGLUFFN } from './swiglu-ffn.ts';
import type { Initialisation, WeightReader } from './weight-reader.ts';

/** The sizes of a block. */
export interface BlockOptions {
  /** D */
  dim: number;
  attention: Omit<AttentionOptions, 'dim' | 'initial'>;
  ffn: ({ kind: 'mlp' } & Omit<MlpOptions, 'dim' | 'initial'>) | { kind: 'swiglu'; hiddenDim: number };
  epsilon: number;
  /** what layer scale starts at without a checkpoint */
  layerScale: number;
  initial: Initialisation;
}

/** The layers of a block. */
export interface BlockLayers {
  norm1: LayerNorm;
  attn: Attention;
  ls1: LayerScale;
  norm2: LayerNorm;
  mlp: Mlp | SwiGLUFFN;
  ls2: LayerScale;
}

/**
 * x ← x + ls1(attn(norm1(x))); x ← x + ls2(mlp(norm2(x))).
 *
 * Meta: `Block` · HF: `Dinov2Layer`.
 */
export class Block {
  readonly norm1: LayerNorm;
  readonly attn: Attention;
  readonly ls1: LayerScale;
  readonly norm2: LayerNorm;
  readonly mlp: Mlp | SwiGLUFFN;
  readonly ls2: LayerScale;

  constructor(layers: BlockLayers) {
    this.norm1 = layers.norm1;
    this.attn = layers.attn;
    this.ls1 = layers.ls1;
    this.norm2 = layers.norm2;
    this.mlp = layers.mlp;
    this.ls2 = layers.ls2;
  }

  /** Reads `norm1`, `attn`, `ls1`, `norm2`, `mlp` and `ls2`. */
  static async load(weights: WeightReader, options: BlockOptions): Promise<Block> {
    const { dim, epsilon, layerScale, initial, ffn } = options;
    const ffnWeights = weights.scope('mlp');
    return new Block({
      norm1: await LayerNorm.load(weights.scope('norm1'), { dim, epsilon }),
      attn: await Attention.load(weights.scope('attn'), { ...options.attention, dim, initial }),
      ls1: await LayerScale.load(weights.scope('ls1'), { dim, value: layerScale }),
      norm2: await LayerNorm.load(weights.scope('norm2'), { dim, epsilon }),
      mlp:
        ffn.kind === 'mlp'
          ? await Mlp.load(ffnWeights, { ...ffn, dim, initial })
          : await SwiGLUFFN.load(ffnWeights, { ...ffn, dim, initial }),
      ls2: await LayerScale.load(weights.scope('ls2'), { dim, value: layerScale }),
    });
  }

  /**
   * @param x [B, T, D]
   * @param mask [B or 1, 1, 1 or T, T], added to the attention scores
   * @returns [B, T, D], owned by the caller
   */
  forward(x: Tensor3D, mask?: Tensor4D): Tensor3D {
    return tidy(() => {
      const attended = this.attn.forward(this.norm1.forward(x), { mask, residual: this.ls1.residual(x) });
      return this.mlp.forward(this.norm2.forward(attended), this.ls2.residual(attended));
    });
  }

  /**
   * The same, together with the attention weights.
   *
   * @returns output [B, T, D] and weights [B, A, T, T], both owned by the caller
   */
  forwardWithWeights(x: Tensor3D, mask?: Tensor4D): AttentionResult {
    const normed = this.norm1.forward(x);
    const attended = this.attn.forwardWithWeights(normed, { mask, residual: this.ls1.residual(x) });
    const output = tidy(() =>
      this.mlp.forward(this.norm2.forward(attended.output), this.ls2.residual(attended.output)),
    );
    dispose([normed, attended.output]);
    return { output, weights: attended.weights };
  }
}
