/** One block of the transformer. */
import { type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { recompute } from '../ops/gradients/recompute.ts';
import { Attention, type AttentionCall, type AttentionOptions } from './attention.ts';
import { LayerNorm, type LayerNormOptions } from './layer-norm.ts';
import { LayerScale } from './layer-scale.ts';
import { Mlp, type MlpOptions } from './mlp.ts';
import { parametersOf } from './parameters-of.ts';
import { SwiGLUFFN } from './swiglu-ffn.ts';
import { isTapped } from './taps.ts';
import type { WeightReader } from './weight-reader.ts';

/** The sizes of a block. */
export interface BlockOptions extends LayerNormOptions, AttentionOptions, MlpOptions {
  /** the feed-forward network; `swiglu` has its own activation */
  ffn: 'mlp' | 'swiglu';
  /** the probability that a branch is dropped while the model is trained; default 0 */
  dropPathRate?: number | undefined;
}

/** What one call of a block may add: a mask of the attention, taps, a visit, and random numbers. */
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
  readonly dropPathRate: number;

  constructor(
    { norm1, attn, ls1, norm2, mlp, ls2 }: BlockLayers,
    { dropPathRate = 0 }: Pick<BlockOptions, 'dropPathRate'> = {},
  ) {
    this.norm1 = norm1;
    this.attn = attn;
    this.ls1 = ls1;
    this.norm2 = norm2;
    this.mlp = mlp;
    this.ls2 = ls2;
    this.dropPathRate = dropPathRate;
  }

  /** Reads `norm1`, `attn`, `ls1`, `norm2`, `mlp` and `ls2`. */
  static async load(weights: WeightReader, options: BlockOptions): Promise<Block> {
    const Ffn = options.ffn === 'swiglu' ? SwiGLUFFN : Mlp;
    const layers = {
      norm1: await LayerNorm.load(weights.scope('norm1'), options),
      attn: await Attention.load(weights.scope('attn'), options),
      ls1: await LayerScale.load(weights.scope('ls1'), options),
      norm2: await LayerNorm.load(weights.scope('norm2'), options),
      mlp: await Ffn.load(weights.scope('mlp'), options),
      ls2: await LayerScale.load(weights.scope('ls2'), options),
    };
    return new Block(layers, options);
  }

  /**
   * Where gradients are asked for, only `x` and the mask are kept for them, and the block is computed again, see `recompute`.
   *
   * @param x [B, T, D]
   * @returns [B, T, D], owned by the caller
   */
  forward(x: Tensor3D, call: BlockCall = {}): Tensor3D {
    if (isTapped(call.taps) || call.visit) return this.compute(x, call);
    // the mask is made for this pass, and gone when the block is computed again
    const constants = call.mask === undefined ? [] : [call.mask];
    return recompute(x, parametersOf(this), constants, (input, [mask]) =>
      this.compute(input, { ...call, mask: mask as Tensor4D | undefined }),
    );
  }

  private compute(x: Tensor3D, { mask, taps, visit, random }: BlockCall): Tensor3D {
    const { norm1, attn, ls1, norm2, mlp, ls2, dropPathRate: rate } = this;
    const call = { mask, taps, visit, random };
    return tidy(() => {
      const drop1 = { rate, random, name: 'drop_path1' };
      const drop2 = { rate, random, name: 'drop_path2' };
      x = ls1.add(x, (residual) => attn.forward(norm1.forward(x, taps?.norm1), { ...call, residual }), drop1);
      x = ls2.add(x, (residual) => mlp.forward(norm2.forward(x, taps?.norm2), { residual }), drop2);
      return { x, taps };
    }).x;
  }
}
