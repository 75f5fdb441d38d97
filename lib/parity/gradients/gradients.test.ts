/** What `verifyReference` says of gradients; that they are right is for `conformance/gradients.test.ts`. */
import { fileURLToPath } from 'node:url';
import { setDevice } from '../../../backends/devices.ts';
import { FakeRuntime } from '../../../graph/engines/testing/fake-runtime.ts';
import { type Reference, type ReferenceTensor, readReference } from '../reference.ts';
import { loadForReference, verifyReference } from '../verify.ts';

const FOLDER = fileURLToPath(new URL('../../../conformance/fixtures/gradients/', import.meta.url));

beforeAll(() => setDevice('simd', { threads: 1 }));

/** Holds the model of a reference against what a change makes of it. */
async function verified(
  name: string,
  model: string,
  change: (reference: Reference) => Partial<Reference>,
): Promise<Record<string, boolean>> {
  const reference = await readReference(`${FOLDER}${name}.safetensors`);
  using loaded = await loadForReference(`${FOLDER}models/${model}`, reference);
  const rows = await verifyReference(loaded, { ...reference, ...change(reference) });
  return Object.fromEntries(rows.map((row) => [row.name, row.pass]));
}

function tensor({ expected }: Reference, name: string): ReferenceTensor {
  const found = expected.get(name);
  if (found === undefined) throw new Error(`the reference has no ${name}`);
  return found;
}

const KEY = 'gradients.dinov2.encoder.layer.0.attention.attention.key.weight';

/** Only the gradients of one part of a weight, with one value changed by a share of the largest gradient of the file. */
function withKey(reference: Reference, share: number): Partial<Reference> {
  const key = tensor(reference, KEY);
  const largest = Math.max(
    ...[...reference.expected].flatMap(([name, { values }]) =>
      name.startsWith('gradients.') ? [...values] : [],
    ),
  );
  const values = key.values.slice();
  values[3] = (values[3] ?? 0) + share * Math.max(1, largest);
  return { expected: new Map<string, ReferenceTensor>([[KEY, { ...key, values }]]) };
}

test('a gradient is held to 1e-5 of the largest of the file', async () => {
  expect(await verified('gelu-new', 'gelu-new', (reference) => withKey(reference, 0.9e-5))).toEqual({
    [KEY]: true,
  });
  expect(await verified('gelu-new', 'gelu-new', (reference) => withKey(reference, 1.1e-5))).toEqual({
    [KEY]: false,
  });
});

test('the names may be those of any system', async () => {
  const passed = await verified('gelu-new', 'gelu-new', (reference) => ({
    expected: new Map([
      ['gradients.encoder.layer.0.attention.q_proj.weight', tensor(reference, KEY.replace('key', 'query'))],
      ['gradients.linear_head.bias', tensor(reference, 'gradients.classifier.bias')],
    ]),
  }));
  expect(passed).toEqual({
    'gradients.encoder.layer.0.attention.q_proj.weight': true,
    'gradients.linear_head.bias': true,
  });
});

test.each<[string, (reference: Reference) => Partial<Reference>, RegExp]>([
  [
    'no loss',
    ({ inputs }) => ({ inputs: new Map([...inputs].filter(([name]) => name !== 'labels')) }),
    /expected labels or loss_weights/,
  ],
  [
    'a gradient of no parameter',
    (reference) => ({ expected: new Map([['gradients.rope.weight', tensor(reference, KEY)]]) }),
    /gradients\.rope\.weight: expected a parameter of the model with \[8, 8\], got none/,
  ],
  [
    'a gradient of another size',
    (reference) => ({ expected: new Map([[KEY, { ...tensor(reference, KEY), shape: [4, 8] }]]) }),
    /expected a parameter of the model with \[4, 8\], got \[24, 8\] in blocks\.0\.attn\.qkv\.weight/,
  ],
  [
    'numbers drawn for another batch',
    ({ inputs }) => ({
      inputs: new Map([
        ...inputs,
        ['uniform', { dtype: 'F32' as const, shape: [2, 2, 3], values: new Float32Array(12) }],
      ]),
    }),
    /expected 4 numbers that were drawn for blocks\.0\.drop_path1, got 3/,
  ],
  [
    'no numbers for what the model drops',
    ({ inputs }) => ({
      inputs: new Map(
        [...inputs].map(([name, input]) => [name === 'uniform' ? 'uniform.elsewhere' : name, input]),
      ),
    }),
    /expected 4 numbers that were drawn for blocks\.0\.drop_path1, got none/,
  ],
])('refuses %s', async (what, change, message) => {
  const name = what.includes('numbers') ? 'drop-path' : 'gelu-new';
  await expect(verified(name, name, change)).rejects.toThrow(message);
});

test('a compiled model has no gradients', async () => {
  const reference = await readReference(`${FOLDER}gelu-new.safetensors`);
  using model = await loadForReference(`${FOLDER}models/gelu-new`, reference);
  using compiled = await model.compile({ runtime: new FakeRuntime(async () => ({})) });
  await expect(verifyReference(compiled, reference)).rejects.toThrow(
    /expected a model on TF\.js for the gradients/,
  );
});
