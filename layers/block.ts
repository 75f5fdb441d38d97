/** One block of the transformer. */
import { type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import { Attention, type AttentionCall, type AttentionOptions } from './attention.ts';
import { LayerNorm, type LayerNormOptions } from './layer-norm.ts';
import { LayerScale } from './layer-scale.ts';
import { Mlp, type MlpOptions } from './mlp.ts';
import { SwiGLUFFN } from './swiglu-ffn.ts';
import type { WeightReader } from './weight-reader.ts';

/** The sizes of a block. */
export interface BlockOptions extends LayerNormOptions, AttentionOptions, MlpOptions {
  /** the feed-forward network; `swiglu` has its own activation */
  ffn: 'mlp' | 'swiglu';
}

/** What one call of a block may add: a mask of the attention, and taps. */
export type BlockCall = Omit<AttentionCall, 'residual'>;

/** The layers of a block. */
export interface BlockLayers {
  norm1: LayerNorm;
  attn: Attention;
  ls1: LayerScale;
  norm2: LayerNorm;
  mlp: Mlp | SwiGLUFFN;
  ls2: LayerScale;
}

/** x = x + ls1(attn(norm1(x))); x = x + ls2(mlp(norm2(x))). Meta: `Block` · HF: `Dinov2Layer`. */
export class Block implements BlockLayers {
  readonly norm1: LayerNorm;
  readonly attn: Attention;
  readonly ls1: LayerScale;
  readonly norm2: LayerNorm;
  readonly mlp: Mlp | SwiGLUFFN;
  readonly ls2: LayerScale;

  constructor({ norm1, attn, ls1, norm2, mlp, ls2 }: BlockLayers) {
    this.norm1 = norm1;
    this.attn = attn;
    this.ls1 = ls1;
    this.norm2 = norm2;
    this.mlp = mlp;
    this.ls2 = ls2;
  }

  /** Reads `norm1`, `attn`, `ls1`, `norm2`, `mlp` and `ls2`. */
  static async load(weights: WeightReader, options: BlockOptions): Promise<Block> {
    const Ffn = options.ffn === 'swiglu' ? SwiGLUFFN : Mlp;
    return new Block({
      norm1: await LayerNorm.load(weights.scope('norm1'), options),
      attn: await Attention.load(weights.scope('attn'), options),
      ls1: await LayerScale.load(weights.scope('ls1'), options),
      norm2: await LayerNorm.load(weights.scope('norm2'), options),
      mlp: await Ffn.load(weights.scope('mlp'), options),
      ls2: await LayerScale.load(weights.scope('ls2'), options),
    });
  }

  /**
   * @param x [B, T, D]
   * @returns [B, T, D], owned by the caller
   */
  forward(x: Tensor3D, { mask, taps }: BlockCall = {}): Tensor3D {
    const { norm1, attn, ls1, norm2, mlp, ls2 } = this;
    return tidy(() => {
      x = ls1.add(x, (residual) => attn.forward(norm1.forward(x, taps?.norm1), { mask, taps, residual }));
      x = ls2.add(x, (residual) => mlp.forward(norm2.forward(x, taps?.norm2), { residual }));
      return { x, taps };
    }).x;
  }
}
