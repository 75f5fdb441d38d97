/** The names that systems give to the weights of DINOv2, heads included. */
import type { KeyScheme, SchemeRow } from '../../../../weights/key-schemes/key-scheme.ts';
import { HEADS } from '../../../heads/heads.ts';

/** What transformers 4 and 5 write into files and what 4 has in memory. */
const HF: KeyScheme = {
  name: 'hf',
  description: 'transformers (files)',
  rows: [
    ['cls_token', ['embeddings.cls_token']],
    ['mask_token', ['embeddings.mask_token']],
    ['register_tokens', ['embeddings.register_tokens']],
    ['pos_embed', ['embeddings.position_embeddings']],
    ['patch_embed.proj.{p}', ['embeddings.patch_embeddings.projection.{p}']],
    ['blocks.{i}.norm1.{p}', ['encoder.layer.{i}.norm1.{p}']],
    [
      'blocks.{i}.attn.qkv.{p}',
      [
        'encoder.layer.{i}.attention.attention.query.{p}',
        'encoder.layer.{i}.attention.attention.key.{p}',
        'encoder.layer.{i}.attention.attention.value.{p}',
      ],
    ],
    ['blocks.{i}.attn.proj.{p}', ['encoder.layer.{i}.attention.output.dense.{p}']],
    ['blocks.{i}.ls1.gamma', ['encoder.layer.{i}.layer_scale1.lambda1']],
    ['blocks.{i}.norm2.{p}', ['encoder.layer.{i}.norm2.{p}']],
    ['blocks.{i}.mlp.fc1.{p}', ['encoder.layer.{i}.mlp.fc1.{p}']],
    ['blocks.{i}.mlp.fc2.{p}', ['encoder.layer.{i}.mlp.fc2.{p}']],
    ['blocks.{i}.mlp.w12.{p}', ['encoder.layer.{i}.mlp.weights_in.{p}']],
    ['blocks.{i}.mlp.w3.{p}', ['encoder.layer.{i}.mlp.weights_out.{p}']],
    ['blocks.{i}.ls2.gamma', ['encoder.layer.{i}.layer_scale2.lambda1']],
    ['norm.{p}', ['layernorm.{p}']],
  ],
};

/** What transformers 5 has in memory, where it differs from its files. */
const HF5_CHANGES: readonly SchemeRow[] = [
  [
    'blocks.{i}.attn.qkv.{p}',
    [
      'encoder.layer.{i}.attention.q_proj.{p}',
      'encoder.layer.{i}.attention.k_proj.{p}',
      'encoder.layer.{i}.attention.v_proj.{p}',
    ],
  ],
  ['blocks.{i}.attn.proj.{p}', ['encoder.layer.{i}.attention.o_proj.{p}']],
  ['blocks.{i}.mlp.w12.{p}', ['encoder.layer.{i}.mlp.gate_proj.{p}', 'encoder.layer.{i}.mlp.up_proj.{p}']],
  ['blocks.{i}.mlp.w3.{p}', ['encoder.layer.{i}.mlp.down_proj.{p}']],
];

function changed(rows: readonly SchemeRow[], changes: readonly SchemeRow[]): SchemeRow[] {
  const replaced = new Map(changes);
  return rows.map(([ours, theirs]) => [ours, replaced.get(ours) ?? theirs]);
}

const HF5: KeyScheme = {
  name: 'hf5',
  description: 'transformers 5 (modules)',
  rows: changed(HF.rows, HF5_CHANGES),
  // names of both may be mixed in one file
  otherRows: HF.rows,
};

/** facebookresearch/dinov2, whose names are ours. */
const ORIGINAL: KeyScheme = {
  name: 'original',
  description: 'facebookresearch/dinov2',
  rows: HF.rows.map(([ours]) => [ours, [ours]]),
};

/**
 * timm. Its register models add the CLS position to `cls_token` and leave it out of `pos_embed`; no model has a
 * mask token; SwiGLU is called like an MLP.
 */
const TIMM: KeyScheme = {
  name: 'timm',
  description: 'timm',
  rows: changed(
    ORIGINAL.rows.filter(([ours]) => ours !== 'mask_token'),
    [
      ['register_tokens', ['reg_token']],
      ['blocks.{i}.mlp.w12.{p}', ['blocks.{i}.mlp.fc1.{p}']],
      ['blocks.{i}.mlp.w3.{p}', ['blocks.{i}.mlp.fc2.{p}']],
    ],
  ),
};

/** candle: the names and the tokens of timm. It has no SwiGLU. */
const CANDLE: KeyScheme = {
  name: 'candle',
  description: 'candle',
  rows: TIMM.rows.filter(([ours]) => !/\.mlp\.w(12|3)\./.test(ours)),
};

/** Heads that systems call alike have the same rows, each of which is there once. */
function withHeads(scheme: KeyScheme): KeyScheme {
  const rows = new Set(HEADS.flatMap((head) => head.rows[scheme.name] ?? []));
  return { ...scheme, rows: [...scheme.rows, ...rows] };
}

/** Every scheme by its name. */
export const KEY_SCHEMES = {
  hf: withHeads(HF),
  hf5: withHeads(HF5),
  original: withHeads(ORIGINAL),
  timm: withHeads(TIMM),
  candle: withHeads(CANDLE),
} as const;

/** What transformers' files call a part of a block, and its modules call otherwise, by whose names it orders weights. */
const MODULES = HF5_CHANGES.flatMap(([ours, modules]) =>
  (HF.rows.find(([row]) => row === ours)?.[1] ?? []).map(
    (file, i) => [partOfBlock(file), partOfBlock(modules[i] ?? '')] as const,
  ),
);

function partOfBlock(pattern: string): string {
  return pattern.replace('encoder.layer.{i}.', '').replace('.{p}', '');
}

/** A name in a file of transformers as its modules have it. */
export function moduleName(name: string): string {
  return MODULES.reduce((text, [file, module]) => text.replace(file, module), name);
}
