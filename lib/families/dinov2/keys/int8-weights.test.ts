/** Weights in 8 bits, as people's files may have them. */
import type { Checkpoint } from '../../../../weights/checkpoint.ts';
import { checkpointOf, fileOf, openFixture, tensorsOf } from '../../../../weights/testing/checkpoints.ts';
import type { TensorToWrite } from '../../../../weights/write/encode-safetensors.ts';
import { Dinov2Model } from '../dinov2-model.ts';
import { mapped, viewed } from '../testing/mapped.ts';

const NAME = 'blocks.0.attn.proj.weight';
const SCALES = `${NAME}_scale`;
const ROWS = 24;

type Described = Pick<TensorToWrite, 'dtype' | 'shape' | 'bytes'>;

const floats = (shape: readonly number[], value = 0.5): Described => {
  const size = shape.reduce((product, length) => product * length, 1);
  return { dtype: 'F32', shape, bytes: new Uint8Array(new Float32Array(size).fill(value).buffer) };
};
const int8 = (shape: readonly number[]): Described => {
  const size = shape.reduce((product, length) => product * length, 1);
  return { dtype: 'I8', shape, bytes: new Uint8Array(size).fill(3) };
};
const WEIGHT = int8([ROWS, ROWS]);

/** A tiny checkpoint with tensors changed, added, or, where they are undefined, left out. */
async function changed(changes: Readonly<Record<string, Described | undefined>>): Promise<TensorToWrite[]> {
  const kept = (await tensorsOf(await openFixture('plain-mlp-original'))).filter(
    ({ name }) => !Object.hasOwn(changes, name),
  );
  const added = Object.entries(changes).flatMap(([name, tensor]) => (tensor ? [{ name, ...tensor }] : []));
  return [...kept, ...added];
}

const opened = async (changes: Readonly<Record<string, Described | undefined>>): Promise<Checkpoint> =>
  checkpointOf(await changed(changes));

test.each([[[ROWS, 1]], [[ROWS]]])(
  'scales %j belong to their weight, and are no tensors of their own',
  async (shape) => {
    const { parameters, unexpected } = mapped(await opened({ [NAME]: WEIGHT, [SCALES]: floats(shape) }));
    expect(unexpected).toEqual([]);
    expect(parameters.has(SCALES)).toBe(false);
    expect(parameters.get(NAME)).toMatchObject({ parts: [{ tensor: { dtype: 'I8' }, scales: { shape } }] });
    const { checkpoint } = viewed(await opened({ [NAME]: WEIGHT, [SCALES]: floats(shape) }));
    expect(checkpoint.tensors.get(SCALES)).toMatchObject({ dtype: 'F32', shape: [ROWS, 1] });
  },
);

test('scales in 16 bits are read, and -128 is a value as others are', async () => {
  const half: Described = {
    dtype: 'F16',
    shape: [ROWS],
    bytes: new Uint8Array(new Uint16Array(ROWS).fill(0x3800).buffer),
  };
  const lowest: Described = { ...WEIGHT, bytes: new Uint8Array(ROWS * ROWS).fill(0x80) };
  const tensors = await changed({ [NAME]: lowest, [SCALES]: half });
  using model = await Dinov2Model.fromPretrained(
    { 'model.safetensors': fileOf(tensors) },
    { fields: { numAttentionHeads: 3 } },
  );
  expect(model.precision).toBe('i8');
  const { checkpoint } = viewed(await opened({ [NAME]: lowest, [SCALES]: half }));
  expect(checkpoint.tensors.get(SCALES)).toMatchObject({ dtype: 'F16', shape: [ROWS, 1] });
});

test('a model whose blocks are in floats is one of f32, though what embeds patches is in 8 bits', async () => {
  const name = 'patch_embed.proj.weight';
  const { tensors } = await openFixture('plain-mlp-original');
  const shape = tensors.get(name)?.shape ?? [];
  const files = await changed({ [name]: int8(shape), [`${name}_scale`]: floats([ROWS, 1]) });
  using model = await Dinov2Model.fromPretrained(
    { 'model.safetensors': fileOf(files) },
    { fields: { numAttentionHeads: 3 } },
  );
  expect(model.precision).toBe('f32');
  expect((await model.parameters.get(name)?.data())?.[0]).toBe(1.5);
});

test('a query of floats beside a key of int8 is joined to it in F32', async () => {
  const attention = 'encoder.layer.0.attention.attention';
  const tensors = (await tensorsOf(await openFixture('plain-mlp'))).map((tensor) =>
    tensor.name === `${attention}.key.weight` ? { ...tensor, ...WEIGHT } : tensor,
  );
  const files = [...tensors, { name: `${attention}.key.weight_scale`, ...floats([ROWS, 1]) }];
  const { checkpoint, unexpected } = viewed(await checkpointOf(files));
  expect(unexpected).toEqual([]);
  const name = 'blocks.0.attn.qkv.weight';
  expect(checkpoint.tensors.get(name)).toMatchObject({ dtype: 'F32' });
  expect(checkpoint.tensors.has(`${name}_scale`)).toBe(false);
  const values = new Float32Array((await checkpoint.read(name)).buffer);
  expect(values[ROWS * ROWS]).toBe(1.5);
  using model = await Dinov2Model.fromPretrained(
    { 'model.safetensors': fileOf(files) },
    { fields: { numAttentionHeads: 3 } },
  );
  expect(model.precision).toBe('i8');
});

const AGAIN = /; make it anew of the weights in floats: convert\(…, \{ dtype: 'i8' \}\)/;

test.each<[string, Record<string, Described | undefined>, RegExp]>([
  ['no scales', { [NAME]: WEIGHT }, /attn\.proj\.weight: expected I8 .* in .*weight_scale, got none/],
  ['scales without a weight', { [NAME]: undefined, [SCALES]: floats([ROWS, 1]) }, /I8 weight .*got none/],
  ['scales of a weight in floats', { [SCALES]: floats([ROWS, 1]) }, /I8 weight .*, got F32 \[24, 24\]/],
  [
    'scales of a norm',
    { 'norm.weight_scale': floats([ROWS, 1]) },
    /norm\.weight_scale: expected an I8 weight/,
  ],
  ['too few scales', { [NAME]: WEIGHT, [SCALES]: floats([ROWS - 1, 1]) }, /floats \[24, 1\].*F32 \[23, 1\]/],
  ['one scale for all', { [NAME]: WEIGHT, [SCALES]: floats([1]) }, /one for each row, got F32 \[1\]/],
  ['no axes', { [NAME]: WEIGHT, [SCALES]: floats([]) }, /got F32 \[\]/],
  ['scales of groups', { [NAME]: WEIGHT, [SCALES]: floats([ROWS, 3]) }, /got F32 \[24, 3\]/],
  ['scales in a row', { [NAME]: WEIGHT, [SCALES]: floats([1, ROWS]) }, /got F32 \[1, 24\]/],
  ['three axes', { [NAME]: WEIGHT, [SCALES]: floats([ROWS, 1, 1]) }, /got F32 \[24, 1, 1\]/],
  ['scales of integers', { [NAME]: WEIGHT, [SCALES]: { ...int8([ROWS, 1]) } }, /got I8 \[24, 1\]/],
  [
    'a norm of int8',
    { 'norm.weight': int8([ROWS]), 'norm.weight_scale': floats([ROWS]) },
    /\[N, K\].*got \[24\]/,
  ],
  ['a token of int8', { cls_token: int8([1, 1, ROWS]) }, /cls_token: expected I8 .*got none/],
])('refuses %s', async (_, changes, message) => {
  const checkpoint = await opened(changes);
  expect(() => mapped(checkpoint)).toThrow(message);
  expect(() => mapped(checkpoint)).toThrow(AGAIN);
});

test.each([Number.NaN, Infinity, 0, -1])('a scale of %d is refused by whatever reads it', async (value) => {
  const tensors = await changed({ [NAME]: WEIGHT, [SCALES]: floats([ROWS, 1], value) });
  const message = `${SCALES}: expected finite factors above zero, got ${value}`;
  const { checkpoint } = viewed(await checkpointOf(tensors));
  await expect(checkpoint.read(SCALES)).rejects.toThrow(message);
  await expect(
    Dinov2Model.fromPretrained(
      { 'model.safetensors': fileOf(tensors) },
      { fields: { numAttentionHeads: 3 } },
    ),
  ).rejects.toThrow(message);
});

test.each<[string, RegExp]>([
  ['blocks.0.attn.proj.weight_packed', /that compressed-tensors packed \(pack-quantized/],
  ['blocks.0.attn.proj.weight_zero_point', /asymmetric weights of compressed-tensors/],
  ['blocks.0.attn.proj.weight_g_idx', /of compressed-tensors in groups/],
  ['blocks.0.attn.proj.input_scale', /of compressed-tensors whose activations are quantised/],
  ['blocks.0.attn.proj.weight_scale_inv', /FP8 weights in blocks/],
  ['blocks.0.attn.proj.SCB', /8-bit weights of bitsandbytes/],
  ['blocks.0.attn.proj.weight.absmax', /4-bit weights of bitsandbytes/],
  ['blocks.0.attn.proj.weight.quant_state.bitsandbytes__nf4', /4-bit weights of bitsandbytes/],
  ['blocks.0.attn.proj.qweight', /GPTQ or AWQ/],
  ['blocks.0.attn.proj.weight._data', /weights of Quanto/],
])('%s is refused by the name of what wrote it', async (name, message) => {
  const checkpoint = await opened({ [NAME]: undefined, [name]: int8([ROWS, 3]) });
  expect(() => mapped(checkpoint)).toThrow(message);
  expect(() => mapped(checkpoint)).toThrow(AGAIN);
});

test('the same names elsewhere are unexpected, as all others are', async () => {
  const names = ['decoder.qweight', 'rope.weight_scale'];
  const { unexpected } = mapped(
    await opened(Object.fromEntries(names.map((name) => [name, floats([2, 1])]))),
  );
  expect(unexpected).toEqual(names);
});
