import type { Checkpoint } from '../../../../weights/checkpoint.ts';
import type { KeySchemeName, SchemeViewOptions } from '../../../../weights/key-schemes/key-scheme.ts';
import { byName, checkpointOf, openFixture, tensorsOf } from '../../../../weights/testing/checkpoints.ts';
import type { TensorToWrite } from '../../../../weights/write/encode-safetensors.ts';
import { inScheme, viewed } from '../testing/mapped.ts';

async function canonical(model: string): Promise<Checkpoint> {
  return viewed(await openFixture(model)).checkpoint;
}

/** What a file of another system's names would hold, after it was written and opened again. */
async function rewritten(
  checkpoint: Checkpoint,
  to: KeySchemeName,
  options?: SchemeViewOptions,
): Promise<Checkpoint> {
  return checkpointOf(await tensorsOf(inScheme(viewed(checkpoint).checkpoint, to, options).checkpoint));
}

const EVERY = [
  'plain-mlp',
  'plain-swiglu',
  'registers-mlp',
  'registers-swiglu',
  'swiglu-rounded',
  'bfloat16',
  'float16',
  'no-qkv-bias',
  'head-dim',
  'grey',
  'classifier',
  'classifier-registers',
  'backbone',
  'backbone-registers',
];

test.each(EVERY.flatMap((model) => (['original', 'hf5'] as const).map((to) => [model, to] as const)))(
  '%s comes back from %s with the same names and bytes',
  async (model, to) => {
    const source = await openFixture(model);
    const back = await rewritten(await rewritten(source, to), 'hf');
    expect(byName(await tensorsOf(back))).toEqual(byName(await tensorsOf(source)));
  },
);

test('timm has no place for a classifier', async () => {
  const { lost, checkpoint } = inScheme(viewed(await openFixture('classifier')).checkpoint, 'timm');
  expect(lost.map(({ name }) => name).sort()).toEqual(['head.bias', 'head.weight', 'mask_token']);
  expect([...checkpoint.tensors.keys()].filter((name) => name.startsWith('head'))).toEqual([]);
});

test.each(EVERY.filter((model) => !model.startsWith('classifier')))(
  '%s comes back from timm with the same bytes, except what timm can not hold',
  async (model) => {
    const source = await openFixture(model);
    const { lost, added } = inScheme(viewed(source).checkpoint, 'timm');
    const back = inScheme(viewed(await rewritten(source, 'timm')).checkpoint, 'hf');
    expect(added).toEqual([]);
    expect(back.lost).toEqual([]);
    expect(back.added.map(({ name }) => name)).toEqual(['mask_token']);
    const registers = model.includes('registers');
    expect(lost.map(({ name }) => name)).toEqual([...(registers ? ['pos_embed[:, 0]'] : []), 'mask_token']);
    const kept = (tensors: TensorToWrite[]): object =>
      byName(
        tensors.filter(
          ({ name }) =>
            !name.endsWith('mask_token') && !(registers && /(cls_token|position_embeddings)$/.test(name)),
        ),
      );
    const [before, after] = [await tensorsOf(source), await tensorsOf(back.checkpoint)];
    expect(kept(after)).toEqual(kept(before));
    expect(after.map(({ name }) => name).sort()).toEqual(before.map(({ name }) => name).sort());
  },
);

test.each(['plain-mlp', 'registers-mlp'])(
  "%s under timm's names is what timm itself holds",
  async (model) => {
    const ours = inScheme(await canonical(model), 'timm').checkpoint;
    expect(byName(await tensorsOf(ours))).toEqual(
      byName(await tensorsOf(await openFixture(`${model}-timm`))),
    );
  },
);

test.each(['plain-swiglu', 'registers-swiglu'])(
  "%s under transformers 5's names is what it holds",
  async (model) => {
    const ours = inScheme(await canonical(model), 'hf5').checkpoint;
    expect(byName(await tensorsOf(ours))).toEqual(byName(await tensorsOf(await openFixture(`${model}-hf5`))));
  },
);

test("candle has timm's names, and no SwiGLU", async () => {
  const view = inScheme(await canonical('registers-mlp'), 'candle');
  expect(byName(await tensorsOf(view.checkpoint))).toEqual(
    byName(await tensorsOf(await openFixture('registers-mlp-timm'))),
  );
  const swiglu = await canonical('plain-swiglu');
  expect(() => inScheme(swiglu, 'candle')).toThrow(/expected an MLP, as candle has no SwiGLU/);
});

test('a token in 16 bits is added to its position as PyTorch adds them, and the rounding is reported', async () => {
  const float = (values: number[]): Uint8Array => new Uint8Array(Uint16Array.from(values).buffer);
  const view = inScheme(
    await checkpointOf([
      // 1 and 2^-8 + 2^-15, whose sum is over half a unit above 1; 1 and 2^-8, whose sum is at half a unit
      { name: 'cls_token', dtype: 'BF16', shape: [1, 1, 2], bytes: float([0x3f80, 0x3f80]) },
      { name: 'pos_embed', dtype: 'BF16', shape: [1, 2, 2], bytes: float([0x3b81, 0x3b80, 1, 2]) },
      { name: 'register_tokens', dtype: 'BF16', shape: [1, 1, 2], bytes: float([0, 0]) },
    ]),
    'timm',
  );
  expect(view.lost[0]?.why).toMatch(/rounded to BF16/);
  expect(new Uint16Array((await view.checkpoint.read('cls_token')).buffer)).toEqual(
    Uint16Array.of(0x3f81, 0x3f80),
  );
  expect(new Uint16Array((await view.checkpoint.read('pos_embed')).buffer)).toEqual(Uint16Array.of(1, 2));
  expect(view.checkpoint.tensors.get('pos_embed')).toMatchObject({ shape: [1, 1, 2], byteLength: 4 });
});

test('a token in float64 is added to its position in float64', async () => {
  const float = (...values: number[]): Uint8Array => new Uint8Array(Float64Array.from(values).buffer);
  const { checkpoint } = inScheme(
    await checkpointOf([
      { name: 'cls_token', dtype: 'F64', shape: [1, 1, 1], bytes: float(1) },
      { name: 'pos_embed', dtype: 'F64', shape: [1, 2, 1], bytes: float(2 ** -40, 3) },
      { name: 'register_tokens', dtype: 'F64', shape: [1, 1, 1], bytes: float(0) },
    ]),
    'timm',
  );
  expect(checkpoint.tensors.get('cls_token')).toMatchObject({ dtype: 'F64', byteLength: 8 });
  expect(await checkpoint.read('cls_token')).toEqual(float(1 + 2 ** -40));
});

test('tokens in integers become F32 when they are added', async () => {
  const int = (...values: number[]): Uint8Array => new Uint8Array(Int32Array.from(values).buffer);
  const { checkpoint } = inScheme(
    await checkpointOf([
      { name: 'cls_token', dtype: 'I32', shape: [1, 1, 1], bytes: int(1) },
      { name: 'pos_embed', dtype: 'I32', shape: [1, 2, 1], bytes: int(2, 3) },
      { name: 'register_tokens', dtype: 'I32', shape: [1, 1, 1], bytes: int(0) },
    ]),
    'timm',
  );
  expect(checkpoint.tensors.get('cls_token')).toMatchObject({ dtype: 'F32' });
  expect(await checkpoint.read('cls_token')).toEqual(new Uint8Array(Float32Array.of(3).buffer));
});

test('a mask token is added where one is asked for', async () => {
  const source = await canonical('no-mask-token');
  expect(inScheme(source, 'hf', { maskToken: false })).toMatchObject({ added: [], lost: [] });
  const { checkpoint, added } = inScheme(source, 'original', { maskToken: false });
  expect(added).toEqual([{ name: 'mask_token', why: expect.stringMatching(/^zeros, as facebookresearch/) }]);
  expect(checkpoint.tensors.get('mask_token')).toMatchObject({ dtype: 'F32', shape: [1, 24] });
  expect(await checkpoint.read('mask_token')).toEqual(new Uint8Array(96));
});

test('a tensor that is read in parts is read once, in the order of names too', async () => {
  const source = await canonical('plain-swiglu');
  const reads: string[] = [];
  const counting: Checkpoint = {
    ...source,
    read: (name) => {
      reads.push(name);
      return source.read(name);
    },
  };
  const { checkpoint } = inScheme(counting, 'hf5');
  for (const name of [...checkpoint.tensors.keys()].sort()) await checkpoint.read(name);
  expect([...reads].sort()).toEqual([...source.tensors.keys()].sort());
});

test('tensors that no scheme names, and rows that do not divide, are refused', async () => {
  const bytes = new Uint8Array(8);
  const unknown = await checkpointOf([{ name: 'surprise', dtype: 'F32', shape: [2], bytes }]);
  expect(() => inScheme(unknown, 'hf')).toThrow(/got also surprise/);
  const uneven = await checkpointOf([{ name: 'blocks.0.attn.qkv.bias', dtype: 'F32', shape: [2], bytes }]);
  expect(() => inScheme(uneven, 'hf', { maskToken: false })).toThrow(/rows that divide by 3, got \[2\]/);
});

test("a classifier keeps our names under candle's", async () => {
  const { checkpoint } = inScheme(await canonical('classifier'), 'candle');
  expect([...checkpoint.tensors.keys()]).toEqual(expect.arrayContaining(['cls_token', 'head.weight']));
});

test('tokens and positions that do not fit are not added', async () => {
  const zeros = (name: string, shape: number[]): TensorToWrite => ({
    name,
    dtype: 'F32',
    shape,
    bytes: new Uint8Array(4 * shape.reduce((a, b) => a * b, 1)),
  });
  const view = async (cls: number[], positions: number[]) =>
    inScheme(
      await checkpointOf([
        zeros('cls_token', cls),
        zeros('pos_embed', positions),
        zeros('register_tokens', [1, 1, 2]),
      ]),
      'timm',
    );
  await expect(view([1, 2, 2], [1, 3, 2])).rejects.toThrow(
    /cls_token: expected \[1, 1, D\], got \[1, 2, 2\]/,
  );
  await expect(view([1, 1, 2], [1, 3, 3])).rejects.toThrow(/pos_embed: expected \[1, 1 \+ N, D\]/);
  await expect(view([1, 1, 2], [1, 1, 2])).rejects.toThrow(/pos_embed: expected \[1, 1 \+ N, D\]/);
});

test('a tensor whose reading failed is read again', async () => {
  const source = await canonical('plain-mlp');
  let broken = true;
  const flaky: Checkpoint = {
    ...source,
    read: async (name) => {
      if (broken) throw new Error('offline');
      return source.read(name);
    },
  };
  const { checkpoint } = inScheme(flaky, 'hf');
  const name = 'encoder.layer.0.attention.attention.key.weight';
  await expect(checkpoint.read(name)).rejects.toThrow('offline');
  broken = false;
  expect((await checkpoint.read(name)).byteLength).toBe(24 * 24 * 4);
});

test('a token in float16 is added in float16', async () => {
  const float = (...values: number[]): Uint8Array => new Uint8Array(Uint16Array.from(values).buffer);
  const view = inScheme(
    await checkpointOf([
      { name: 'cls_token', dtype: 'F16', shape: [1, 1, 1], bytes: float(0x3c00) },
      { name: 'pos_embed', dtype: 'F16', shape: [1, 2, 1], bytes: float(0x3c00, 0) },
      { name: 'register_tokens', dtype: 'F16', shape: [1, 1, 1], bytes: float(0) },
    ]),
    'timm',
  );
  expect(view.lost[0]?.why).toMatch(/rounded to F16/);
  expect(await view.checkpoint.read('cls_token')).toEqual(float(0x4000));
});

test('a number has no rows to split', async () => {
  const bytes = new Uint8Array(4);
  const number = await checkpointOf([{ name: 'blocks.0.attn.qkv.bias', dtype: 'F32', shape: [], bytes }]);
  expect(() => inScheme(number, 'hf', { maskToken: false })).toThrow(/rows that divide by 3, got \[\]/);
});
