import { fill, generalise } from '../../../../weights/key-schemes/name-pattern.ts';
import { planShards } from '../../../../weights/write/plan-shards.ts';
import { KEY_SCHEMES, moduleName } from './schemes.ts';

/** In timm and candle an MLP and SwiGLU have the same names, and shapes tell which it is. */
const FFN = { mlp: /\.mlp\.w(12|3)\./, swiglu: /\.mlp\.fc[12]\./ };

test.each(
  Object.values(KEY_SCHEMES).flatMap((scheme) => [
    { scheme, ffn: 'mlp' as const },
    { scheme, ffn: 'swiglu' as const },
  ]),
)('every row of $scheme.name leads back, with $ffn', ({ scheme, ffn }) => {
  const rows = scheme.rows.filter(([ours]) => !FFN[ffn].test(ours));
  const theirs = rows.flatMap(([, names]) => names);
  expect(new Set(rows.map(([ours]) => ours)).size).toBe(rows.length);
  expect(new Set(theirs).size).toBe(theirs.length);
  for (const name of [...rows.map(([ours]) => ours), ...theirs]) {
    const full = fill(name, { block: '11', kind: 'bias' });
    const { pattern, ...placeholders } = generalise(full);
    expect(pattern).toBe(name);
    expect(fill(pattern, placeholders)).toBe(full);
  }
});

test('every scheme has a row for every weight, except where its system has no such thing', () => {
  const ours = KEY_SCHEMES.original.rows.map(([name]) => name);
  const absent = Object.values(KEY_SCHEMES).map(({ name, rows }) => [
    name,
    ours.filter((weight) => !rows.some(([row]) => row === weight)),
  ]);
  expect(Object.fromEntries(absent)).toEqual({
    hf: [],
    hf5: [],
    original: [],
    timm: ['mask_token'],
    candle: ['mask_token', 'blocks.{i}.mlp.w12.{p}', 'blocks.{i}.mlp.w3.{p}'],
  });
});

test('tensors of transformers are in the order of its modules', () => {
  const ordered = [
    ...['attention.key', 'output.dense', 'attention.query', 'attention.value'].map(
      (name) => `attention.${name}`,
    ),
    'mlp.weights_out',
    'mlp.weights_in',
  ].map((name) => `encoder.layer.0.${name}.weight`);
  const tensors = [...ordered]
    .reverse()
    .map((name) => ({ name, dtype: 'U8', shape: [1], byteLength: 1 }) as const);
  const { shards } = planShards(tensors, 10, moduleName);
  expect(shards[0]?.tensors.map(({ name }) => name)).toEqual(ordered);
});
