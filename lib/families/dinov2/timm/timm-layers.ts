/** Which arguments of timm's `VisionTransformer` leave its layers those of DINOv2. */
import { ConfigError } from '../../../../errors/errors.ts';
import { shown } from '../../../../errors/shown.ts';
import type { TimmArguments } from './timm-architectures.ts';

/** Arguments that say sizes, which the configuration takes, or matter for training or for timm's heads alone. */
const HARMLESS = new Set([
  ...['img_size', 'patch_size', 'in_chans', 'num_classes', 'embed_dim', 'depth', 'num_heads', 'mlp_ratio'],
  ...['qkv_bias', 'init_values', 'act_layer', 'no_embed_class', 'reg_tokens', 'pool_include_prefix'],
  ...['dynamic_img_size', 'strict_img_size', 'drop_rate', 'pos_drop_rate', 'patch_drop_rate'],
  ...['proj_drop_rate', 'attn_drop_rate', 'drop_path_rate', 'weight_init', 'fix_init'],
  ...['pretrained', 'pretrained_strict', 'features_only', 'out_indices', 'scriptable', 'exportable'],
]);

/** What an argument must be, in words, and whether it is. */
type Rule = readonly [expected: string, holds: (value: unknown) => boolean];

const isNo: Rule = ['false', (value) => value === false];
const isYes: Rule = ['true', (value) => value === true];
const named = (expected: string, pattern: RegExp): Rule => [
  expected,
  (value) => typeof value === 'string' && pattern.test(value),
];

const RULES = new Map<string, Rule>(
  Object.entries({
    class_token: isYes,
    final_norm: isYes,
    proj_bias: isYes,
    pre_norm: isNo,
    qk_norm: isNo,
    scale_attn_norm: isNo,
    scale_mlp_norm: isNo,
    fc_norm: isNo,
    dynamic_img_pad: isNo,
    use_naflex: isNo,
    pos_embed: named('learn', /^learn$/),
    norm_layer: named('layernorm', /^layer_?norm$/i),
    mlp_layer: named('Mlp or SwiGLUPacked', /(^|\.)(Mlp|SwiGLUPacked)$/i),
    global_pool: named('token, or avg with fc_norm false', /^(token|avg|)$/),
  }),
);

/**
 * Refuses what DINOv2 does not have, by timm's name for it.
 *
 * @param args the architecture's and the file's
 * @param where the file, for the error message
 * @throws ConfigError
 */
export function requireDinov2Layers(args: TimmArguments, where: string): void {
  // a norm behind the pooling stands in the place of the last one
  const pooled = args.global_pool === 'avg' ? { fc_norm: args.fc_norm ?? null } : {};
  for (const [name, value] of Object.entries({ ...args, ...pooled })) {
    const [expected, holds] = RULES.get(name) ?? ['no such argument', () => HARMLESS.has(name)];
    if (holds(value)) continue;
    throw new ConfigError(
      `${where}: ${name}: expected ${expected}, as in DINOv2's layers, got ${shown(value)}; timm runs this model, this library does not`,
    );
  }
}
