/** The bars of rounded models: on vectors made by hand, and in `verifyReference`. */
import { setDevice } from '../../../backends/devices.ts';
import { CompiledModel } from '../../../graph/engines/compiled-model.ts';
import { GraphEngine } from '../../../graph/engines/testing/graph-engine.ts';
import type { Precision } from '../../../ops/precision.ts';
import { Dinov2Config } from '../../families/dinov2/dinov2-config.ts';
import { Dinov2Model } from '../../families/dinov2/dinov2-model.ts';
import { readFloat32 } from '../../tasks/read-tensor.ts';
import { waves } from '../../testing/small-model.ts';
import { compareValues } from '../compare.ts';
import type { Reference, ReferenceTensor } from '../reference.ts';
import { type VerifyOptions, verifyReference } from '../verify.ts';
import { heldToBars } from './bars.ts';

/** Two vectors of which the second is turned by an angle of this cosine, beside the same without a turn. */
function turned(cosine: number, length = 1): [actual: number[], expected: number[]] {
  const across = Math.sqrt(1 - cosine * cosine);
  return [
    [0, length, length * cosine, length * across],
    [0, length, length, 0],
  ];
}

test.each<[string, 'f16' | 'i8', number, boolean]>([
  ['pooler_output', 'i8', 0.99991, true],
  ['pooler_output', 'i8', 0.99989, false],
  ['logits', 'i8', 0.99989, false],
  ['last_hidden_state', 'i8', 0.9996, true],
  ['last_hidden_state', 'i8', 0.9994, false],
  ['hidden_states.3', 'i8', 0.9994, false],
  ['attentions.3', 'i8', 0.9994, false],
  ['pooler_output', 'f16', 0.9999995, true],
  ['pooler_output', 'f16', 0.999998, false],
  ['last_hidden_state', 'f16', 0.999998, false],
])('%s in %s with a vector at a cosine of %d passes: %s', (name, precision, cosine, pass) => {
  const [actual, expected] = turned(cosine).map((values) => Float32Array.from(values));
  const values = expected ?? new Float32Array(0);
  const compared = compareValues(name, actual ?? values, values, 1e-4);
  const held = heldToBars(compared, actual ?? values, { shape: [1, 2, 2], values }, precision);
  expect(held).toEqual({ pass, worst: expect.closeTo(cosine, 6) });
});

test.each<['f16' | 'i8', largest: number, difference: number, boolean]>([
  ['i8', 10, 0.49, true],
  ['i8', 10, 0.51, false],
  ['f16', 10, 0.019, true],
  ['f16', 10, 0.021, false],
  // beside small values the share is of 1
  ['i8', 0.01, 0.049, true],
  ['i8', 0.01, 0.051, false],
])('in %s one value of up to %d may be off by %d: %s', (precision, largest, difference, pass) => {
  const loss = [Float32Array.of(largest + difference), Float32Array.of(largest)] as const;
  const compared = compareValues('loss', ...loss, 0);
  expect(heldToBars(compared, loss[0], { shape: [], values: loss[1] }, precision)).toEqual({ pass });
});

test('a map of features is one vector, and a loss none', () => {
  const values = Float32Array.from([1, 0, 0, 100]);
  const actual = Float32Array.from([0, 1, 0, 100]);
  const held = (name: string, shape: number[]): unknown =>
    heldToBars(compareValues(name, actual, values, 0), actual, { shape, values }, 'i8');
  expect(held('feature_maps.stage2', [1, 1, 2, 2])).toEqual({
    pass: true,
    worst: expect.closeTo(10000 / 10001, 8),
  });
  // all channels of an image are one vector; the first alone would be at a right angle
  expect(held('feature_maps.stage2', [1, 2, 1, 2])).toMatchObject({ pass: true });
  expect(held('feature_maps.stage2', [1, 2, 2])).toEqual({ pass: false, worst: 0 });
  const loss = [Float32Array.from([2.2]), Float32Array.from([2])] as const;
  const compared = compareValues('loss', ...loss, 0);
  expect(heldToBars(compared, loss[0], { shape: [], values: loss[1] }, 'i8')).toEqual({ pass: false });
});

const CONFIG = new Dinov2Config({
  hiddenSize: 32,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  imageSize: 16,
  patchSize: 4,
  initializerRange: 0.1,
  layerscaleValue: 0.2,
});
const PIXELS = waves([2, 3, 16, 16]);
let reference: Reference;

const load = (precision: Precision): Promise<Dinov2Model> =>
  Dinov2Model.fromConfig(CONFIG, { seed: 1, precision });

beforeAll(async () => {
  await setDevice('simd');
  using model = await load('f32');
  using output = model.forward(PIXELS, { outputHiddenStates: true, outputAttentions: true });
  const expected = new Map<string, ReferenceTensor>([
    ['pixel_values', { shape: PIXELS.shape, values: PIXELS.data }],
  ]);
  for (const [name, tensor] of output.named) {
    expected.set(name, { shape: tensor.shape, values: await readFloat32(tensor) });
  }
  const inputs = new Map([
    ['pixel_values', { shape: PIXELS.shape, values: PIXELS.data, dtype: 'F32' as const }],
  ]);
  const architecture = 'Dinov2Model';
  reference = { where: 'here', architecture, metadata: {}, imageFiles: [], inputs, expected };
});

/** The names of outputs that fail. */
async function failing(precision: Precision, options: VerifyOptions = {}, of = reference): Promise<string[]> {
  using model = await load(precision);
  const rows = await verifyReference(model, of, options);
  return rows.filter(({ pass }) => !pass).map(({ name }) => name);
}

test('a rounded model is held to bars of its own, unless a tolerance is given', async () => {
  for (const precision of ['f16', 'i8'] as const) {
    expect(await failing(precision)).toEqual([]);
    const missed = await failing(precision, { atol: 1e-4 });
    expect(missed).toContain('pooler_output');
    // neither is changed by the weights of blocks
    expect(missed).not.toContain('pixel_values');
    expect(missed).not.toContain('hidden_states.0');
  }
  expect(await failing('f32')).toEqual([]);
});

test('a compiled model is held to the bars of the weights it was made of', async () => {
  for (const precision of ['f16', 'i8'] as const) {
    using model = await load(precision);
    // engines widen 16 bits, and were asked to widen 8
    await using compiled = new CompiledModel(model, new GraphEngine().engine, 1, 'f32');
    const rows = await verifyReference(compiled, reference);
    expect(rows.filter(({ pass }) => !pass)).toEqual([]);
    expect(rows.find(({ name }) => name === 'last_hidden_state')?.worst).toBeLessThan(1);
  }
});

test('pixel values are held to the tolerance of f32 in a rounded model, and so is a model in f32', async () => {
  const off = (names: RegExp): Reference => ({
    ...reference,
    expected: new Map(
      [...reference.expected].map(([name, { shape, values }]) => [
        name,
        { shape, values: names.test(name) ? values.map((value) => value * 1.0005) : values },
      ]),
    ),
  });
  expect(await failing('i8', {}, off(/pixel_values/))).toEqual(['pixel_values']);
  expect(await failing('f32', {}, off(/pooler_output/))).toEqual(['pooler_output']);
});

test('outputs that are all a tenth too large point the right way, and fail', async () => {
  const larger = [...reference.expected].map(([name, { shape, values }]): [string, ReferenceTensor] => [
    name,
    { shape, values: values.map((value) => value / 1.1) },
  ]);
  const names = [...reference.expected.keys()];
  const scaled = { ...reference, expected: new Map(larger) };
  const missed = await failing('i8', {}, scaled);
  expect(missed).toEqual(expect.arrayContaining(names.filter((name) => !name.startsWith('attentions'))));
});

test('the lowest cosine is among the rows of a rounded model alone', async () => {
  const worstOf = async (precision: Precision, options: VerifyOptions = {}): Promise<unknown> => {
    using model = await load(precision);
    const rows = await verifyReference(model, reference, options);
    return rows.find(({ name }) => name === 'last_hidden_state')?.worst;
  };
  expect(await worstOf('i8')).toBeLessThan(1);
  expect(await worstOf('i8', { atol: 1 })).toBeUndefined();
  expect(await worstOf('f32')).toBeUndefined();
});
