/** The verb `segments`: segments of images together, and those of an earlier run. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClusterCentres } from '../../lib/index.ts';
import { DIGITS, dinov2Each, folder, MODEL } from '../testing/command.ts';

const [TWO, THREE] = [`${DIGITS}/two.png`, `${DIGITS}/three.png`];

symlinkSync(MODEL, join(folder, 'others'));
mkdirSync(join(folder, 'tmp'));
/** Centres that are not of this command, and say in their own words what they are of. */
const [far, near] = [Array(96).fill(1e6), Array(96).fill(0)];
const own = new ClusterCentres([...far, ...near], 96, { features: 'tokens of layer 3' });
writeFileSync(join(folder, 'own.safetensors'), own.toBytes());
/** Centres with metadata that lie, or are of a narrower model. */
const ODD = {
  number: { features: '3' },
  unknown: { features: '{"colour":1}' },
  unnamed: { model: '' },
  long: { model: 'x'.repeat(100_000) },
};
for (const [name, metadata] of Object.entries(ODD)) {
  writeFileSync(join(folder, `odd-${name}.safetensors`), new ClusterCentres(near, 96).toBytes(metadata));
}
writeFileSync(join(folder, 'narrow.safetensors'), new ClusterCentres(near, 48).toBytes({ model: 'smaller' }));
mkdirSync(join(folder, 'folder.safetensors'));
copyFileSync(join(MODEL, 'model.safetensors'), join(folder, 'weights.safetensors'));
process.env.TMPDIR = join(folder, 'tmp');

const OF_MODEL = ['-m', MODEL, '--json'];
const KEYS = ['--layer', '2', '--facet', 'key'];

const [
  parts,
  again,
  found,
  alone,
  beside,
  keys,
  ofKeys,
  other,
  both,
  k,
  seed,
  layer,
  missing,
  basis,
  wrong,
  free,
  number,
  unnamed,
  long,
  unknown,
  narrow,
  inFolder,
  swapped,
  lost,
  anew,
] = dinov2Each([
  ['segments', TWO, THREE, ...OF_MODEL, '-o', 'parts', '--k', '3'],
  ['segments', TWO, THREE, ...OF_MODEL, '-o', 'again', '--k', '3'],
  ['segments', TWO, THREE, ...OF_MODEL, '-o', 'found', '--k', '3', '--save-centres', 'c.safetensors'],
  ['segments', TWO, ...OF_MODEL, '-o', 'alone', '--centres', 'c.safetensors'],
  ['segments', `${DIGITS}/one.png`, THREE, TWO, ...OF_MODEL, '-o', 'beside', '--centres', 'c.safetensors'],
  ['segments', TWO, ...OF_MODEL, '-o', 'keys', ...KEYS, '--save-centres', 'keys.safetensors'],
  ['segments', TWO, ...OF_MODEL, '-o', 'of-keys', '--centres', 'keys.safetensors'],
  ['segments', TWO, '-m', 'others', '-o', 'other', '--centres', 'c.safetensors'],
  ['segments', TWO, ...OF_MODEL, '--centres', 'c.safetensors', '--save-centres', 'd.safetensors'],
  ['segments', TWO, ...OF_MODEL, '--centres', 'c.safetensors', '--k', '3'],
  ['segments', TWO, ...OF_MODEL, '--centres', 'c.safetensors', '--seed', '0'],
  ['segments', TWO, ...OF_MODEL, '--centres', 'c.safetensors', '--layer', '4'],
  ['segments', TWO, ...OF_MODEL, '--centres', 'none.safetensors'],
  ['pca', TWO, ...OF_MODEL, '-o', 'basis', '--save-basis', 'b.safetensors'],
  ['segments', TWO, ...OF_MODEL, '--centres', 'b.safetensors'],
  ['segments', TWO, ...OF_MODEL, '-o', 'free', '--layer', '3', '--centres', 'own.safetensors'],
  ['segments', TWO, ...OF_MODEL, '-o', 'number', '--layer', '3', '--centres', 'odd-number.safetensors'],
  ['segments', TWO, ...OF_MODEL, '-o', 'unnamed', '--centres', 'odd-unnamed.safetensors'],
  ['segments', TWO, ...OF_MODEL, '-o', 'long', '--centres', 'odd-long.safetensors'],
  ['segments', TWO, ...OF_MODEL, '-o', 'unknown', '--centres', 'odd-unknown.safetensors'],
  ['segments', TWO, ...OF_MODEL, '-o', 'narrow', '--centres', 'narrow.safetensors'],
  ['segments', TWO, ...OF_MODEL, '-o', 'in-folder', '--centres', 'folder.safetensors'],
  ['pca', TWO, ...OF_MODEL, '-o', 'swapped', '--basis', 'c.safetensors'],
  ['segments', TWO, ...OF_MODEL, '-o', 'lost', '--save-centres', 'weights.safetensors'],
  ['pca', TWO, ...OF_MODEL, '-o', 'basis', '--save-basis', 'b.safetensors'],
]);

function segmentsOf(out = ''): number[][] {
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).segments);
}

function isSame(...[one, other]: [string, string]): boolean {
  return readFileSync(join(folder, one)).equals(readFileSync(join(folder, other)));
}

test('segments are those of all images together, the same each time', () => {
  expect(parts).toMatchObject({ status: 0, err: '' });
  const segments = segmentsOf(parts?.out);
  expect(segments.map((each) => each.length)).toEqual([64, 64]);
  const sizes = [0, 1, 2].map((label) => segments.flat().filter((each) => each === label).length);
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  expect(segmentsOf(again?.out)).toEqual(segments);
  expect(isSame('again/three-segments.png', 'parts/three-segments.png')).toBe(true);
});

test('with centres an image has the segments it had, whatever is beside it', () => {
  expect([found, alone, beside].map((each) => [each?.status, each?.err])).toEqual(Array(3).fill([0, '']));
  expect(segmentsOf(found?.out)).toEqual(segmentsOf(parts?.out));
  expect(isSame('alone/two-segments.png', 'parts/two-segments.png')).toBe(true);
  expect(isSame('beside/two-segments.png', 'parts/two-segments.png')).toBe(true);
  expect(isSame('beside/three-segments.png', 'parts/three-segments.png')).toBe(true);
});

test('centres know how many they are, which features they are of, and of which model by its name', () => {
  expect([keys, ofKeys].map((each) => [each?.status, each?.err])).toEqual(Array(2).fill([0, '']));
  expect(segmentsOf(ofKeys?.out)).toEqual(segmentsOf(keys?.out));
  expect(Math.max(...segmentsOf(keys?.out).flat())).toBe(5);
  expect(isSame('of-keys/two-segments.png', 'keys/two-segments.png')).toBe(true);
  expect(other).toMatchObject({
    status: 0,
    err: 'dinov2: c.safetensors: fitted to features of digits, not others; it says nothing of another model’s\n',
  });
});

test('of centres that do not say their features in the words of the command, flags say them', () => {
  expect(free).toMatchObject({ status: 0, err: '' });
  expect(segmentsOf(free?.out)).toEqual([Array(64).fill(1)]);
});

test('a file that says odd things of itself is taken as far as it goes, or refused by name', () => {
  expect(number).toMatchObject({ status: 0, err: '' });
  expect(unnamed).toMatchObject({ status: 0, err: '' });
  expect(long?.status).toBe(0);
  expect(long?.err).toMatch(/^dinov2: odd-long\.safetensors: fitted to features of x{200}…, not digits; /);
  const refused = [unknown, narrow, inFolder, swapped].map((each) => [each?.status, each?.err]);
  expect(refused).toEqual([
    [
      1,
      'dinov2: odd-unknown.safetensors: features: expected options among layer, facet, applyLayernorm, got colour; save it again with --save-centres\n',
    ],
    [
      1,
      'dinov2: narrow.safetensors: expected features of 48 values, as it was fitted to (smaller), got 96 of digits; take that model, or fit another\n',
    ],
    [1, 'dinov2: folder.safetensors: expected the file of centres, got a folder; see --save-centres\n'],
    [
      1,
      'dinov2: c.safetensors: expected a PCA basis, got a safetensors file of dinov2-tfjs-centres; save one with toBytes(), or with --save-basis on the command line\n',
    ],
  ]);
});

test('what does not go with centres, and what are none, is refused', () => {
  const refused = [both, k, seed, layer].map((each) => [each?.status, each?.err]);
  expect(refused).toEqual([
    [2, 'dinov2: --save-centres: expected no such option with --centres\n'],
    [2, 'dinov2: --k: expected no such option with --centres\n'],
    [2, 'dinov2: --seed: expected no such option with --centres\n'],
    [2, 'dinov2: --layer: expected no such option with --centres, which says it\n'],
  ]);
  expect(missing?.err).toBe(
    'dinov2: none.safetensors: expected the file of centres, got no such file; see --save-centres\n',
  );
  expect(basis?.status).toBe(0);
  expect(wrong).toMatchObject({
    status: 1,
    err: expect.stringContaining('b.safetensors: expected centres of clusters, got a safetensors file of'),
  });
});

test('a file of something else is not written over, and an earlier one of the kind is', () => {
  expect(lost).toMatchObject({
    status: 2,
    err: expect.stringContaining('--save-centres: expected a new file, or an earlier one of the kind'),
  });
  const weights = readFileSync(join(folder, 'weights.safetensors'));
  expect(weights.equals(readFileSync(join(MODEL, 'model.safetensors')))).toBe(true);
  expect(anew?.status).toBe(0);
});

test('nothing that was kept on the way is left', () => {
  expect(readdirSync(join(folder, 'tmp')).filter((name) => name.startsWith('dinov2-features-'))).toEqual([]);
});
