/** `--quiet` and `--json`, which every verb has. */
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CLASSES, DIGITS, dinov2, folder, MODEL, REFERENCE } from './testing/command.ts';

const ONE = `${DIGITS}/one.png`;
const ALONE = 'alone.safetensors';

beforeAll(() => {
  const models = new URL('../conformance/fixtures/models/', import.meta.url);
  copyFileSync(fileURLToPath(new URL('head-size-64/model.safetensors', models)), join(folder, ALONE));
});

test.each<[string[], object]>([
  [['embed', ONE, '-m', MODEL], { image: ONE, embedding: expect.any(Array) }],
  [['classify', ONE, '-m', MODEL], { image: ONE, labels: expect.any(Array) }],
  [
    ['features', ONE, '-m', MODEL, '-l', '0', '-o', 'x.safetensors'],
    { image: ONE, output: 'x.safetensors', tensors: expect.any(Array), warnings: [] },
  ],
  [['verify', '-m', MODEL, '-r', REFERENCE], { pass: true, tensors: expect.any(Array) }],
  [['compare', MODEL, MODEL], { pass: true, tensors: expect.any(Array) }],
  [['knn', CLASSES, '-m', MODEL], { train: 120, test: 80, results: expect.any(Array), failures: [] }],
  [['probe', CLASSES, '-m', MODEL], { train: 120, accuracy: expect.any(Number), failures: [] }],
  [['evaluate', CLASSES, '-m', MODEL], { images: 80, accuracy: 77 / 80, failures: [] }],
  [['inspect', MODEL], { model: MODEL, parameters: 461386 }],
  [['convert', MODEL, 'converted'], { target: 'converted', tensors: 81 }],
  [['convert', MODEL, 'model.onnx'], { target: 'model.onnx', files: expect.any(Array) }],
])('%j --json is one object', (words, expected) => {
  const { status, out, err } = dinov2(...words, '--json');
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(out.endsWith('}\n')).toBe(true);
  expect(JSON.parse(out)).toMatchObject(expected);
});

test.each([
  ['embed', 'embedding'],
  ['classify', 'labels'],
])('%s --json has images that can not be read among the others', (verb, key) => {
  const { status, out, err } = dinov2(verb, 'gone.png', ONE, '-m', MODEL, '--json');
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const error = expect.stringMatching(/^gone\.png: expected .* no such file$/);
  expect(lines).toEqual([
    { image: 'gone.png', error },
    { image: ONE, [key]: expect.any(Array) },
  ]);
  expect({ status, err }).toEqual({ status: 1, err: `dinov2: ${lines[0].error}\n` });
});

test.each<[string[]]>([
  [['embed', ONE, '-m', ALONE]],
  [['embed', ONE, '-m', MODEL, '-o', 'one.npy']],
  [['features', ONE, '-m', ALONE, '-l', '0', '-o', 'y.safetensors']],
  [['inspect', ALONE]],
])('%j has something to say, and nothing with --quiet', (words) => {
  const loud = dinov2(...words);
  expect(loud.err).not.toBe('');
  expect(dinov2('--quiet', ...words)).toEqual({ ...loud, err: '' });
  expect(dinov2(...words, '-q').err).toBe('');
  expect(readdirSync(folder)).not.toContain('one.npy.part');
});

test('--quiet leaves errors', () => {
  expect(dinov2('embed', 'gone.png', '-m', MODEL, '-q').err).toMatch(/^dinov2: gone\.png: .*\n$/);
  expect(dinov2('inspect', './gone', '-q').err).toMatch(/^dinov2: \.\/gone: expected a folder/);
});
