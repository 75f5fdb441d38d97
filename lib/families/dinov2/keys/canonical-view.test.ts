import type { Checkpoint } from '../../../../weights/checkpoint.ts';
import { byName, checkpointOf, openFixture, tensorsOf } from '../../../../weights/testing/checkpoints.ts';
import type { TensorToWrite } from '../../../../weights/write/encode-safetensors.ts';
import { viewed } from '../testing/mapped.ts';

async function changed(
  model: string,
  change: (tensors: TensorToWrite[]) => TensorToWrite[],
): Promise<Checkpoint> {
  return checkpointOf(change(await tensorsOf(await openFixture(model))));
}

function prefixed(prefix: string): (tensors: TensorToWrite[]) => TensorToWrite[] {
  return (tensors) => tensors.map((tensor) => ({ ...tensor, name: prefix + tensor.name }));
}

const FEW: TensorToWrite = { name: '', dtype: 'F32', shape: [2], bytes: new Uint8Array(8) };

test.each([
  ['plain-mlp', 'hf'],
  ['plain-swiglu', 'hf'],
  ['registers-mlp', 'hf'],
  ['registers-swiglu', 'hf'],
  ['plain-swiglu-hf5', 'hf5'],
  ['registers-swiglu-hf5', 'hf5'],
])('%s has the tensors of the original code, bit for bit', async (model, scheme) => {
  const view = viewed(await openFixture(model));
  expect(view).toMatchObject({ scheme: { name: scheme }, unexpected: [], leftOut: [] });
  const original = await openFixture(`${model.replace('-hf5', '')}-original`);
  expect(byName(await tensorsOf(view.checkpoint))).toEqual(byName(await tensorsOf(original)));
});

test("the CLS position of timm's register models is zero", async () => {
  const { checkpoint, scheme } = viewed(await openFixture('registers-mlp-timm'));
  expect(scheme.name).toBe('timm');
  expect(checkpoint.tensors.get('pos_embed')).toMatchObject({ dtype: 'F32', shape: [1, 37, 24] });
  const positions = new Float32Array((await checkpoint.read('pos_embed')).buffer);
  expect(positions.subarray(0, 24).every((value) => value === 0)).toBe(true);
  expect(positions[24]).not.toBe(0);
});

test('tensors of one dtype keep it when they are joined; of several, they become F32', async () => {
  const half = await openFixture('bfloat16');
  const { checkpoint } = viewed(half);
  expect(checkpoint.tensors.get('blocks.0.attn.qkv.weight')).toMatchObject({
    dtype: 'BF16',
    shape: [72, 24],
  });
  const name = 'encoder.layer.0.attention.attention.key.weight';
  const [wide] = (await tensorsOf(await openFixture('plain-mlp'))).filter((tensor) => tensor.name === name);
  const mixed = viewed(
    await changed('bfloat16', (tensors) =>
      tensors.map((tensor) => (tensor.name === name && wide ? wide : tensor)),
    ),
  ).checkpoint;
  const info = mixed.tensors.get('blocks.0.attn.qkv.weight');
  expect(info).toMatchObject({ dtype: 'F32', shape: [72, 24], byteLength: 72 * 24 * 4 });
  const joined = await mixed.read('blocks.0.attn.qkv.weight');
  const rows = 24 * 24 * 4;
  expect(joined.subarray(rows, 2 * rows)).toEqual(wide?.bytes);
  const narrow = new Uint16Array((await checkpoint.read('blocks.0.attn.qkv.weight')).buffer);
  expect(new Uint32Array(joined.buffer)[0]).toBe(((narrow[0] ?? 0) << 16) >>> 0);
});

test('of a training run the teacher is taken, and what only training needs is named', async () => {
  const teacher = await tensorsOf(await openFixture('plain-mlp-original'));
  const view = viewed(
    await checkpointOf([
      ...prefixed('teacher.backbone.')(teacher),
      ...prefixed('student.backbone.')(teacher).map((tensor) => ({
        ...tensor,
        bytes: new Uint8Array(tensor.bytes.byteLength),
      })),
      { ...FEW, name: 'teacher.dino_head.mlp.0.weight' },
      { ...FEW, name: 'student.ibot_head.mlp.0.weight' },
      { ...FEW, name: 'dino_loss.center' },
    ]),
  );
  expect(byName(await tensorsOf(view.checkpoint))).toEqual(byName(teacher));
  expect(view.unexpected).toEqual([]);
  expect(view.leftOut).toHaveLength(teacher.length + 3);
  expect(view.leftOut).toEqual(
    expect.arrayContaining([
      'student.backbone.cls_token',
      'teacher.dino_head.mlp.0.weight',
      'dino_loss.center',
    ]),
  );
});

test('a student without a teacher is taken', async () => {
  const { checkpoint } = viewed(await changed('plain-mlp-original', prefixed('student.backbone.')));
  expect(checkpoint.tensors.has('cls_token')).toBe(true);
});

test('tensors that no scheme names are listed', async () => {
  const view = viewed(
    await changed('plain-mlp-original', (tensors) => [
      ...tensors,
      { ...FEW, name: 'rope_embed.periods' },
      { ...FEW, name: 'blocks.0.attn.qkv.bias_mask' },
    ]),
  );
  expect(view.unexpected).toEqual(['rope_embed.periods', 'blocks.0.attn.qkv.bias_mask']);
});

test('names of transformers 4 and 5 may be mixed', async () => {
  const isAttention = ({ name }: TensorToWrite): boolean => name.includes('.attention.');
  const files = await tensorsOf(await openFixture('plain-swiglu'));
  const view = viewed(
    await changed('plain-swiglu-hf5', (modules) => [
      ...modules.filter(isAttention),
      ...files.filter((tensor) => !isAttention(tensor)),
    ]),
  );
  expect(view).toMatchObject({ scheme: { name: 'hf5' }, unexpected: [] });
  const original = await openFixture('plain-swiglu-original');
  expect(byName(await tensorsOf(view.checkpoint))).toEqual(byName(await tensorsOf(original)));
});

test('parts of a weight that lacks another part are listed', async () => {
  const attention = 'encoder.layer.0.attention.attention';
  const view = viewed(
    await changed('plain-mlp', (tensors) => tensors.filter(({ name }) => name !== `${attention}.key.bias`)),
  );
  expect([...view.unexpected].sort()).toEqual([`${attention}.query.bias`, `${attention}.value.bias`]);
});

test("a tensor called weight beside a model's is no head", async () => {
  const view = viewed(
    await changed('plain-mlp-original', (tensors) => [...tensors, { ...FEW, name: 'weight' }]),
  );
  expect(view.unexpected).toEqual(['weight']);
});

test.each(['module.', 'model.', 'state_dict.module.'])(
  'a teacher and a student behind %s are told apart',
  async (prefix) => {
    const { leftOut } = viewed(
      await checkpointOf(
        ['teacher', 'student'].map((network) => ({ ...FEW, name: `${prefix}${network}.cls_token` })),
      ),
    );
    expect(leftOut).toEqual([`${prefix}student.cls_token`]);
  },
);

test('free text of the file is kept, and the file is closed with the view', async () => {
  let closed = 0;
  const source: Checkpoint = {
    ...(await openFixture('plain-mlp')),
    metadata: { format: 'pt' },
    close: async () => {
      closed++;
    },
  };
  const { checkpoint } = viewed(source);
  await checkpoint.close();
  expect([checkpoint.metadata, closed]).toEqual([{ format: 'pt' }, 1]);
});

test.each<[string, TensorToWrite[], RegExp]>([
  [
    'a head alone',
    [
      { ...FEW, name: 'weight', shape: [1, 2] },
      { ...FEW, name: 'bias' },
    ],
    /got a linear head alone \(weight \[1, 2\]\); give it as the head of a backbone/,
  ],
  [
    'names of two systems',
    [
      { ...FEW, name: 'embeddings.cls_token' },
      { ...FEW, name: 'blocks.0.norm1.weight' },
    ],
    /names of one system, got those of transformers \(embeddings\.cls_token\) and of the original code \(blocks\.0/,
  ],
  [
    'names of none',
    Array.from({ length: 12 }, (_, i) => ({ ...FEW, name: `stem.conv${i}` })),
    /got stem\.conv0, .*stem\.conv9 and 2 more/,
  ],
  ['no tensors', [], /expected the tensors of a DINOv2 model, got none/],
  [
    'one weight twice',
    [
      { ...FEW, name: 'cls_token' },
      { ...FEW, name: 'module.cls_token' },
    ],
    /one tensor for cls_token, got cls_token and module\.cls_token/,
  ],
  [
    'a query of another width than its key',
    ['query', 'key', 'value'].map((part, i) => ({
      ...FEW,
      name: `encoder.layer.0.attention.attention.${part}.weight`,
      shape: i === 1 ? [2, 1] : [1, 2],
    })),
    /can be joined by rows, got .*query\.weight \[1, 2\] and .*key\.weight \[2, 1\]/,
  ],
])('refuses %s', async (_, tensors, message) => {
  const checkpoint = await checkpointOf(tensors);
  expect(() => viewed(checkpoint)).toThrow(message);
});

test('blocks in chunks are counted through', async () => {
  const chunked = await changed('plain-mlp-original', (tensors) =>
    tensors.map((tensor) => ({ ...tensor, name: tensor.name.replace(/^blocks\./, 'blocks.0.') })),
  );
  const original = await openFixture('plain-mlp-original');
  expect(byName(await tensorsOf(viewed(chunked).checkpoint))).toEqual(byName(await tensorsOf(original)));
});
