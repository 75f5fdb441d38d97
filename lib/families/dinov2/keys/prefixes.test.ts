/** What may stand before and inside the names of a model. */
import type { Checkpoint } from '../../../../weights/checkpoint.ts';
import { mapped } from '../testing/mapped.ts';

/** A checkpoint of names; those of `unreadable` are tensors that can't be read. */
function named(names: readonly string[], unreadable: Record<string, string> = {}): Checkpoint {
  const tensors = names.map((name) => [name, { name, dtype: 'F32', shape: [1], byteLength: 4 }] as const);
  return {
    where: 'x.pth',
    tensors: new Map(tensors),
    unreadable: new Map(Object.entries(unreadable)),
    metadata: {},
    read: async () => new Uint8Array(4),
    close: async () => undefined,
  };
}

const ORIGINAL = [
  'cls_token',
  'pos_embed',
  'patch_embed.proj.weight',
  'blocks.0.norm1.weight',
  'norm.weight',
];
const HF = ['embeddings.cls_token', 'embeddings.patch_embeddings.projection.weight', 'layernorm.weight'];

test.each([
  'pretrained.',
  'encoder.',
  'encoder.vit.',
  'module.net.',
  'image_encoder.trunk.',
  'base_model.model.',
  'model.visual.',
  'backbone.',
  'teacher.backbone.',
])('whatever stands before the CLS token is taken off: %s', (prefix) => {
  for (const names of [ORIGINAL, HF]) {
    const found = mapped(named(names.map((name) => prefix + name)));
    expect(found.parameters.has('cls_token')).toBe(true);
    expect(found).toMatchObject({ unexpected: [], ignored: [], leftOut: [] });
    expect(found.parameters.size).toBe(names.length);
  }
});

test('without a CLS token, it is whatever stands before the patch embedding', () => {
  const { parameters, prefix } = mapped(named(ORIGINAL.slice(1).map((name) => `vit.${name}`)));
  expect([...parameters.keys()]).toEqual(ORIGINAL.slice(1));
  expect(prefix).toBe('vit.');
});

test.each([
  ['blocks.0._checkpoint_wrapped_module.norm1.weight', 'blocks.0.norm1.weight'],
  ['blocks.0._orig_mod.attn.qkv.weight', 'blocks.0.attn.qkv.weight'],
  ['_fsdp_wrapped_module._orig_mod.blocks.1._fsdp_wrapped_module.mlp.fc1.bias', 'blocks.1.mlp.fc1.bias'],
  ['_forward_module.module.norm.weight', 'norm.weight'],
])('wrappers are taken off anywhere: %s', (name, ours) => {
  expect([...mapped(named(['cls_token', name])).parameters.keys()]).toEqual(['cls_token', ours]);
});

test('beside a prefix that is no known module, nothing belongs to the model', () => {
  const beside = ['depth_head.scratch.weight', 'head.weight', 'classifier.bias'];
  const { parameters, unexpected } = mapped(
    named([...ORIGINAL.map((name) => `pretrained.${name}`), ...beside]),
  );
  expect(parameters.has('head.weight')).toBe(false);
  expect(unexpected).toEqual(beside);
});

test.each([
  [
    ['a.cls_token', 'b.cls_token'],
    /expected one model, got 2, whose names begin with "a\.", "b\."; choose one with the option prefix \(--prefix\)/,
  ],
  [['cls_token', 'ema.cls_token'], /begin with "", "ema\."/],
  [['visual.embeddings.cls_token', 'visual_m.embeddings.cls_token'], /"visual\.", "visual_m\."/],
])('several models are an error that lists them: %j', (names, message) => {
  expect(() => mapped(named(names))).toThrow(message);
});

test('a prefix that is asked for chooses among several, and what stands outside of it is left out', () => {
  const names = ['a.cls_token', 'b.module.cls_token', 'b.norm.weight', 'head.weight'];
  for (const prefix of ['b.', 'b', 'module.b']) {
    const { parameters, ignored, ...found } = mapped(named(names), { prefix });
    expect([...parameters.values()].flatMap(({ parts }) => parts)).toMatchObject([
      { tensor: { name: 'b.module.cls_token' } },
      { tensor: { name: 'b.norm.weight' } },
    ]);
    expect(ignored).toEqual(['a.cls_token', 'head.weight']);
    expect(found).toMatchObject({ prefix: 'b.', unexpected: [] });
  }
});

test('behind a prefix that is asked for, what is there directly comes first', () => {
  const names = ['net.cls_token', 'net.ema.cls_token'];
  expect(mapped(named(names), { prefix: 'net' }).unexpected).toEqual(['net.ema.cls_token']);
  expect(mapped(named(['cls_token', 'ema.cls_token']), { prefix: '' }).unexpected).toEqual(['ema.cls_token']);
});

test('the student can be asked for', () => {
  const names = ['teacher.cls_token', 'student.cls_token'];
  const { ignored, leftOut, parameters } = mapped(named(names), { prefix: 'student' });
  expect([ignored, leftOut]).toEqual([['teacher.cls_token'], []]);
  expect(parameters.size).toBe(1);
});

test('a prefix that no name has is an error', () => {
  expect(() => mapped(named(ORIGINAL), { prefix: 'vit' })).toThrow(
    /expected tensors whose names begin with the prefix "vit\.", got cls_token, pos_embed/,
  );
});

test('how often an average was taken is left out', () => {
  const { leftOut, unexpected } = mapped(named(['n_averaged', 'module.cls_token']));
  expect([leftOut, unexpected]).toEqual([['n_averaged'], []]);
});

test('what can not be read is an error only in the place of a weight', () => {
  const { parameters, unexpected } = mapped(named(['vit.cls_token'], { 'vit.scale': 'F8_E4M3', x: 'C64' }));
  expect([[...parameters.keys()], unexpected]).toEqual([['cls_token'], []]);
  expect(() => mapped(named(['vit.cls_token'], { 'vit.blocks.0.attn.qkv.weight': 'F8_E4M3' }))).toThrow(
    /x\.pth: "vit\.blocks\.0\.attn\.qkv\.weight": expected a plain tensor .* got F8_E4M3/,
  );
});

test("one process's share of the parameters of FSDP is named for what it is", () => {
  const names = [
    'teacher.backbone._fsdp_wrapped_module._flat_param',
    'teacher.backbone.blocks.0._flat_param',
  ];
  expect(() => mapped(named(names))).toThrow(
    /share of the flattened parameters of FSDP .*teacher_checkpoint\.pth/,
  );
});

test.each([
  [true, []],
  ['*', []],
  ['fc.*', ['classifier.0.weight', 'logit_scale']],
  [['fc.*', 'logit_?cale'], ['classifier.0.weight']],
  ['fc', ['fc.weight', 'classifier.0.weight', 'logit_scale']],
  ['f..*', ['fc.weight', 'classifier.0.weight', 'logit_scale']],
  [false, ['fc.weight', 'classifier.0.weight', 'logit_scale']],
  [[], ['fc.weight', 'classifier.0.weight', 'logit_scale']],
])('unexpected tensors are ignored by %j', (ignoreUnexpected, left) => {
  const beside = ['fc.weight', 'classifier.0.weight', 'logit_scale'];
  const { parameters, unexpected, ignored } = mapped(named([...ORIGINAL, ...beside]), {
    ignoreUnexpected,
  });
  expect(parameters.size).toBe(ORIGINAL.length);
  expect(unexpected).toEqual(left);
  expect(ignored).toEqual(beside.filter((name) => !left.includes(name)));
});

test('what is no glob is an error', () => {
  const ignoreUnexpected = [3] as unknown as string[];
  expect(() => mapped(named(ORIGINAL), { ignoreUnexpected })).toThrow(
    /ignoreUnexpected: expected true, or globs such as fc\.\* over names in the file, got \[3\]/,
  );
});
