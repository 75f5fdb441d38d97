/** The sequence of tokens that enters the transformer. */
import {
  add,
  concat,
  type Rank,
  reshape,
  slice,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  tile,
  where,
} from '@tensorflow/tfjs-core';
import { OptionError, ShapeError } from '../errors/errors.ts';
import { recordIfNeeded } from '../ops/gradients/tape.ts';
import { dropout, isDropping } from './drop.ts';
import { parametersOf } from './parameters-of.ts';
import { PatchEmbed, type PatchEmbedOptions } from './patch-embed.ts';
import { PosEmbed, type PosEmbedOptions } from './pos-embed.ts';
import type { UniformSource } from './uniform-source.ts';
import type { WeightReader } from './weight-reader.ts';

/** The sizes of the embeddings. */
export interface EmbeddingsOptions extends PatchEmbedOptions, PosEmbedOptions {
  /** R */
  numRegisterTokens: number;
  /** whether there is a token that stands for masked patches */
  maskToken: boolean;
  /** the probability that a value is dropped while the model is trained; default 0 */
  dropout?: number | undefined;
}

/** The parts of the embeddings; all tensors are borrowed. */
export interface EmbeddingsParts {
  /** [1, 1, D] */
  clsToken: Tensor3D;
  patchEmbed: PatchEmbed;
  posEmbed: PosEmbed;
  /** [1, R, D] */
  registerTokens?: Tensor3D | undefined;
  /** [1, D] */
  maskToken?: Tensor2D | undefined;
  dropout?: number | undefined;
}

/**
 * [CLS, registers, patches], positions added to CLS and patches but not to registers.
 *
 * Meta: `prepare_tokens_with_masks` · HF: `Dinov2Embeddings`, `Dinov2WithRegistersEmbeddings`.
 */
export class Embeddings {
  readonly clsToken: Tensor3D;
  readonly patchEmbed: PatchEmbed;
  readonly posEmbed: PosEmbed;
  readonly registerTokens: Tensor3D | undefined;
  readonly maskToken: Tensor2D | undefined;
  readonly dropout: number;

  constructor({ clsToken, patchEmbed, posEmbed, registerTokens, maskToken, dropout = 0 }: EmbeddingsParts) {
    this.clsToken = clsToken;
    this.patchEmbed = patchEmbed;
    this.posEmbed = posEmbed;
    this.registerTokens = registerTokens;
    this.maskToken = maskToken;
    this.dropout = dropout;
  }

  /** Reads the tokens, the patch embedding and the positions. */
  static async load(weights: WeightReader, options: EmbeddingsOptions): Promise<Embeddings> {
    const { dim, numRegisterTokens: R } = options;
    return new Embeddings({
      dropout: options.dropout,
      clsToken: await weights.read<Rank.R3>('cls_token', [1, 1, dim]),
      maskToken: options.maskToken ? await weights.read<Rank.R2>('mask_token', [1, dim]) : undefined,
      registerTokens: R > 0 ? await weights.read<Rank.R3>('register_tokens', [1, R, dim]) : undefined,
      posEmbed: await PosEmbed.load(weights, options),
      patchEmbed: await PatchEmbed.load(weights.scope('patch_embed'), options),
    });
  }

  /**
   * @param pixelValues [B, C, H, W] float32
   * @param boolMaskedPos [B, N] bool; true where a patch is replaced by the mask token
   * @param random random numbers, where the model is trained
   * @returns [B, 1 + R + N, D], owned by the caller
   * @throws ShapeError, OptionError if the mask doesn't fit or there is no mask token
   */
  forward(pixelValues: Tensor4D, boolMaskedPos?: Tensor2D, random?: UniformSource): Tensor3D {
    const [B, , H, W] = pixelValues.shape;
    const [patchHeight, patchWidth] = this.patchEmbed.patchSize;
    const embed = (): Tensor3D => {
      const seen = this.patchEmbed.forward(pixelValues);
      const patches = boolMaskedPos === undefined ? seen : this.mask(seen, boolMaskedPos);
      const tokens = concat([tile(this.clsToken, [B, 1, 1]), patches], 1);
      const positions = this.posEmbed.forward(
        Math.floor(H / patchHeight),
        Math.floor(W / patchWidth),
        H === W,
      );
      const placed = add(tokens, positions) as Tensor3D;
      const whole =
        this.registerTokens === undefined ? placed : this.insertRegisters(placed, this.registerTokens);
      const drop = { rate: this.dropout, random, name: 'embeddings.dropout' };
      return isDropping(drop) ? dropout(whole, drop) : whole;
    };
    return tidy(() => recordIfNeeded([pixelValues, ...parametersOf(this)], embed));
  }

  private mask(patches: Tensor3D, boolMaskedPos: Tensor2D): Tensor3D {
    const [B, N, D] = patches.shape;
    if (this.maskToken === undefined) {
      throw new OptionError(
        'Embeddings: boolMaskedPos needs a mask token, got a model with useMaskToken false',
      );
    }
    if (boolMaskedPos.dtype !== 'bool') {
      throw new ShapeError(
        `Embeddings: boolMaskedPos must be bool, got ${boolMaskedPos.dtype}; cast it to bool`,
      );
    }
    if (boolMaskedPos.shape.length !== 2 || boolMaskedPos.shape[0] !== B || boolMaskedPos.shape[1] !== N) {
      throw new ShapeError(
        `Embeddings: boolMaskedPos must be [batch, patches] = [${B}, ${N}], got [${boolMaskedPos.shape.join(', ')}]`,
      );
    }
    const everywhere = tile(reshape(this.maskToken, [1, 1, D]), [B, N, 1]);
    return where(tile(reshape(boolMaskedPos, [B, N, 1]), [1, 1, D]), everywhere, patches) as Tensor3D;
  }

  private insertRegisters(tokens: Tensor3D, registers: Tensor3D): Tensor3D {
    const [B, T, D] = tokens.shape;
    const cls = slice(tokens, [0, 0, 0], [B, 1, D]);
    const patches = slice(tokens, [0, 1, 0], [B, T - 1, D]);
    return concat([cls, tile(registers, [B, 1, 1]), patches], 1) as Tensor3D;
  }
}
