import { presetConfig } from '../lib/families/dinov2/presets.ts';
import { elementCount } from '../shapes/element-count.ts';
import { seededValues, tensorsOf } from './seeded-weights.ts';

/** The bits of the first, second and last value, as `python/seeded_weights.py` makes them. */
const FROM_PYTHON: [string, number[], number[]][] = [
  ['embeddings.cls_token', [1, 1, 8], [3190376512, 1055876544, 3199604550]],
  ['encoder.layer.0.norm1.weight', [5], [1063782398, 1065506856, 1065930024]],
  ['encoder.layer.3.mlp.fc1.weight', [6, 7], [3206117949, 3174340097, 3193657349]],
  ['encoder.layer.0.layer_scale1.lambda1', [3], [1045334172, 1049916428, 1045246911]],
  ['layernorm.bias', [4], [3183771459, 1036707739, 1023773056]],
];

test.each(FROM_PYTHON)('%s %p has the bits of the Python twin', (name, shape, bits) => {
  const values = seededValues({ name, shape });
  const all = new Uint32Array(values.buffer);
  expect([all[0], all[1], all.at(-1)]).toEqual(bits);
});

test.each([
  ['dinov2-small', 22_056_576],
  ['dinov2-base', 86_580_480],
  ['dinov2-large', 304_368_640],
  ['dinov2-giant', 1_136_480_768],
  ['dinov2-with-registers-base', 86_583_552],
] as const)('%s has as many parameters as the published checkpoint', (name, parameters) => {
  const count = tensorsOf(presetConfig(name)).reduce((sum, { shape }) => sum + elementCount(shape), 0);
  expect(count).toBe(parameters);
});
