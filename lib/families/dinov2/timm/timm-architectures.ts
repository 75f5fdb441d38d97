/** The architectures of timm that DINOv2's layers can be, and the arguments that each of them stands for. */

/** Arguments of timm's `VisionTransformer`, by its own names. */
export type TimmArguments = Readonly<Record<string, unknown>>;

/** Width, depth and heads of timm's `vit_{size}_patch{p}_{pixels}`. */
const SIZES: Readonly<Record<string, TimmArguments>> = {
  tiny: { embed_dim: 192, depth: 12, num_heads: 3 },
  small: { embed_dim: 384, depth: 12, num_heads: 6 },
  base: { embed_dim: 768, depth: 12, num_heads: 12 },
  large: { embed_dim: 1024, depth: 24, num_heads: 16 },
  huge: { embed_dim: 1280, depth: 32, num_heads: 16 },
  giant: { embed_dim: 1408, depth: 40, num_heads: 16 },
  gigantic: { embed_dim: 1664, depth: 48, num_heads: 16 },
};

/** The giant of DINOv2 is another one than timm's, and has SwiGLU. */
const DINOV2_GIANT: TimmArguments = { embed_dim: 1536, depth: 40, num_heads: 24, act_layer: 'silu' };

const DINOV2 = /^vit_(small|base|large|giant)_patch14(_reg4)?_dinov2$/;
const PLAIN = /^vit_(tiny|small|base|large|huge|giant|gigantic)_patch(8|14|16|32)_(224|384)$/;

/** The architectures, for error messages. */
export const TIMM_ARCHITECTURES = 'vit_*_patch14_dinov2, vit_*_patch14_reg4_dinov2 or vit_*_patch*_224';

/**
 * The arguments that an architecture of timm stands for, where they are not timm's defaults.
 *
 * Source: timm 1.0.31, `models/vision_transformer.py`.
 *
 * @returns undefined if its layers are not those of DINOv2, or it is not known
 */
export function timmArguments(architecture: string): TimmArguments | undefined {
  const [, dinov2, registers] = DINOV2.exec(architecture) ?? [];
  if (dinov2 !== undefined) {
    return {
      ...(dinov2 === 'giant' ? DINOV2_GIANT : SIZES[dinov2]),
      patch_size: 14,
      init_values: 1e-5,
      ...(registers !== undefined && { reg_tokens: 4, no_embed_class: true }),
    };
  }
  const [, plain = '', patch] = PLAIN.exec(architecture) ?? [];
  return patch === undefined ? undefined : { ...SIZES[plain], patch_size: Number(patch) };
}
