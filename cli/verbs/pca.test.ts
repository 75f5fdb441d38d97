/** The verbs `pca` and `norms`: the files they write, and what they say. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeImage } from '../../images/decode-image.ts';
import { encodePng } from '../../images/index.ts';
import { DIGITS, dinov2Each, folder, MODEL } from '../testing/command.ts';

const [TWO, THREE] = [`${DIGITS}/two.png`, `${DIGITS}/three.png`];

mkdirSync(join(folder, 'some'));
for (const name of ['one', 'two', 'three', 'four']) {
  writeFileSync(join(folder, 'some', `${name}.png`), readFileSync(`${DIGITS}/${name}.png`));
}
mkdirSync(join(folder, 'both'));
for (const name of ['two', 'three']) {
  writeFileSync(join(folder, 'both', `${name}.png`), readFileSync(`${DIGITS}/${name}.png`));
}
writeFileSync(join(folder, 'some', 'broken.png'), 'no image');
writeFileSync(join(folder, 'other.safetensors'), 'no basis');
const blank = { width: 64, height: 64, channels: 3, data: new Uint8Array(64 * 64 * 3).fill(255) } as const;
writeFileSync(join(folder, 'blank.png'), await encodePng(blank));
mkdirSync(join(folder, 'tmp'));
symlinkSync(MODEL, join(folder, 'digits'));
symlinkSync(MODEL, join(folder, 'others'));
process.env.TMPDIR = join(folder, 'tmp');

/** A pixel of the image for one of the PNG file. */
const SMALL = ['--size', '64', '--enlarge', '1'];

const [
  all,
  alone,
  beside,
  both,
  refitted,
  otherLayer,
  second,
  kept,
  unread,
  none,
  lengths,
  range,
  empty,
  named,
  inTheWay,
  inside,
  border,
  without,
  tiny,
  once,
  twice,
  ours,
  copied,
  otherwise,
] = dinov2Each([
  [
    'pca',
    'some',
    '-m',
    MODEL,
    '-o',
    'all',
    '--columns',
    '2',
    ...SMALL,
    '--save-basis',
    'b.safetensors',
    '--json',
  ],
  ['pca', TWO, '-m', MODEL, '-o', 'alone', ...SMALL, '--basis', 'b.safetensors'],
  ['pca', THREE, TWO, '-m', MODEL, '-o', 'beside', ...SMALL, '--basis', 'b.safetensors', '--json'],
  ['pca', TWO, '-m', MODEL, '--basis', 'b.safetensors', '--save-basis', 'c.safetensors'],
  ['pca', TWO, '-m', MODEL, '--basis', 'b.safetensors', '--foreground', 'none'],
  ['pca', TWO, '-m', MODEL, '--basis', 'b.safetensors', '--layer', '3'],
  ['pca', TWO, '-m', MODEL, '-o', 'second', ...SMALL, '--layer', '2', '--save-basis', 'second.safetensors'],
  ['pca', TWO, '-m', MODEL, '-o', 'kept', ...SMALL, '--basis', 'second.safetensors'],
  ['pca', TWO, '-m', MODEL, '--basis', 'other.safetensors'],
  ['pca', TWO, '-m', MODEL, '-o', 'none', ...SMALL, '--foreground', 'none', '--json', '--overlay', '0'],
  ['norms', TWO, '-m', MODEL, '-o', 'lengths', '--json', '--deviations', '1'],
  [
    'norms',
    TWO,
    '-m',
    MODEL,
    '-o',
    'range',
    '--range',
    '1000,2000',
    '--colormap',
    'gray',
    '--deviations',
    '9',
  ],
  ['pca', 'blank.png', TWO, '-m', MODEL, '-o', 'empty', '--basis', 'b.safetensors'],
  ['pca', TWO, '-m', MODEL, '-o', 'two-pca.png'],
  ['pca', TWO, '-m', MODEL, '-o', 'other.safetensors/deeper'],
  ['pca', TWO, '-m', MODEL, '-o', 'inside', '--json'],
  ['pca', TWO, '-m', MODEL, '-o', 'border', '--json', '--foreground-side', 'border'],
  ['pca', TWO, '-m', MODEL, '--foreground', 'none', '--foreground-side', 'border'],
  ['pca', TWO, '-m', MODEL, '-o', 'tiny', '--size', '4', '--json'],
  ['pca', 'both', '-m', MODEL, '-o', 'both', ...SMALL],
  ['pca', 'both', '-m', MODEL, '-o', 'both', ...SMALL],
  ['pca', 'both/two-pca.png', '-m', MODEL, '-o', 'ours', ...SMALL],
  ['pca', TWO, THREE, '-m', 'digits', '-o', 'copied', ...SMALL, '--basis', 'b.safetensors'],
  ['pca', TWO, THREE, '-m', 'others', '-o', 'otherwise', ...SMALL, '--basis', 'b.safetensors'],
]);

function lines(out = ''): { [key: string]: unknown }[] {
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function bytes(...path: string[]): Buffer {
  return readFileSync(join(folder, ...path));
}

test('images of a folder are coloured alike, on a sheet too, and what can not be read is told', async () => {
  expect(all).toMatchObject({ status: 1, err: expect.stringContaining('some/broken.png') });
  expect(readdirSync(join(folder, 'all')).sort()).toEqual(
    ['four', 'one', 'three', 'two']
      .map((name) => `${name}-pca.png`)
      .concat('pca.png')
      .sort(),
  );
  const found = lines(all?.out).find(({ image }) => image === 'some/two.png');
  expect(found).toMatchObject({ output: 'all/two-pca.png', rows: 16, columns: 16 });
  const mask = found?.foreground as number[];
  expect(mask).toHaveLength(256);
  // background is black
  const { data } = await decodeImage(bytes('all', 'two-pca.png'), 'two-pca.png');
  const black = mask.map((_, i) => {
    const at = 3 * (Math.floor(i / 16) * 4 * 64 + (i % 16) * 4);
    return data.subarray(at, at + 3).every((value) => value === 0);
  });
  expect(black.filter((isBlack, i) => isBlack !== (mask[i] === 0))).toEqual([]);
});

test('with a basis an image has the colours it had, whatever is beside it', () => {
  expect(alone).toMatchObject({ status: 0, err: '' });
  expect(bytes('alone', 'two-pca.png').equals(bytes('all', 'two-pca.png'))).toBe(true);
  expect(bytes('beside', 'two-pca.png').equals(bytes('all', 'two-pca.png'))).toBe(true);
  expect(bytes('beside', 'three-pca.png').equals(bytes('all', 'three-pca.png'))).toBe(true);
  expect(lines(beside?.out).map(({ output }) => output)).toEqual([
    'beside/three-pca.png',
    'beside/two-pca.png',
  ]);
});

test('a basis knows which features it is of', () => {
  expect([second?.status, kept?.status]).toEqual([0, 0]);
  expect(bytes('kept', 'two-pca.png').equals(bytes('second', 'two-pca.png'))).toBe(true);
});

test('a basis knows which model it is of, by its name', () => {
  expect(copied).toMatchObject({ status: 0, err: '' });
  expect(otherwise).toMatchObject({
    status: 0,
    err: 'dinov2: b.safetensors: fitted to features of digits, not others; it says nothing of another model’s\n',
  });
});

test('what does not go with a basis, and what is none, is refused', () => {
  expect(both).toMatchObject({
    status: 2,
    err: expect.stringContaining('--save-basis: expected no such option with --basis'),
  });
  expect(refitted).toMatchObject({
    status: 2,
    err: expect.stringContaining('--foreground: expected no such option with --basis'),
  });
  expect(otherLayer).toMatchObject({
    status: 2,
    err: expect.stringContaining('--layer: expected no such option with --basis, which says it'),
  });
  expect(unread).toMatchObject({
    status: 1,
    err: expect.stringContaining('other.safetensors: expected a safetensors header'),
  });
});

test('an image that is all background is named', () => {
  expect(empty).toMatchObject({ status: 0 });
  expect(empty?.err).toBe(
    'dinov2: blank.png: black, as all is background; colours fitted with --foreground none show it\n',
  );
});

test('the other side of the split can be the foreground, where there is a split', () => {
  const [first, other] = [lines(inside?.out)[0], lines(border?.out)[0]].map(
    (each) => each?.foreground as number[],
  );
  expect(other).toEqual(first?.map((each) => 1 - each));
  expect(without).toMatchObject({
    status: 2,
    err: 'dinov2: fitPca: foregroundSide: expected none without a threshold that is found, got border; leave it out\n',
  });
});

test('one patch has no components of variance, and an image all the same', () => {
  expect(tiny?.status).toBe(0);
  expect(lines(tiny?.out)).toMatchObject([{ rows: 1, columns: 1, explainedVarianceRatio: [0] }]);
});

test('an output that is a file, or is named as one, is refused', () => {
  expect(named).toMatchObject({
    status: 2,
    err: 'dinov2: --output: expected a folder, got two-pca.png; images in it are named after yours\n',
  });
  expect(inTheWay).toMatchObject({
    status: 2,
    err: 'dinov2: --output: expected a folder, got a file in the way of other.safetensors/deeper\n',
  });
});

test('what an earlier run made of a folder is none of its images, unless it is asked for alone', () => {
  expect(once).toMatchObject({ status: 0, err: '' });
  expect(twice).toMatchObject({ status: 0, out: once?.out });
  expect(twice?.err).toBe(
    'dinov2: both/pca.png and 2 more: passed over, made by this command; name such images alone to see them\n',
  );
  const made = ['pca.png', 'three-pca.png', 'three.png', 'two-pca.png', 'two.png'];
  expect(readdirSync(join(folder, 'both')).sort()).toEqual(made);
  expect(ours).toMatchObject({ status: 0, err: '' });
});

test('without a foreground all patches have colours, and with an overlay of 0 none are seen', async () => {
  expect(lines(none?.out)[0]?.foreground).toEqual(Array(256).fill(1));
  const { data } = await decodeImage(bytes('none', 'two-pca.png'), 'two');
  expect(Buffer.compare(data, (await decodeImage(readFileSync(TWO), 'two')).data)).toBe(0);
});

test('norms are of tokens before the final norm, and artefacts those above the threshold', async () => {
  expect(lengths).toMatchObject({ status: 0, err: '' });
  const [found] = lines(lengths?.out);
  const norms = found?.norms as number[];
  expect(found?.artefacts).toEqual(norms.map((norm) => (norm > Number(found?.threshold) ? 1 : 0)));
  expect(found?.artefacts).toContain(1);
  // behind the norm all would be nearly as long
  expect(Math.max(...norms) / Math.min(...norms)).toBeGreaterThan(1.2);
  // beside the image stands what its colours stand for
  const { width, height } = await decodeImage(bytes('lengths', 'two-norms.png'), 'two-norms.png');
  expect(height).toBe(448);
  expect(width).toBeGreaterThan(448 + 8 + 14);
});

test('norms have the colours of a range that is given', async () => {
  expect(range).toMatchObject({ status: 0, err: '' });
  const { data, width } = await decodeImage(bytes('range', 'two-norms.png'), 'two-norms.png');
  // all lengths are far below, and the scale stands beside them
  expect(data.some((byte, i) => byte > 0 && Math.floor(i / 3) % width < 448)).toBe(false);
});

test('nothing that was kept on the way is left', () => {
  expect(readdirSync(join(folder, 'tmp')).filter((name) => name.startsWith('dinov2-features-'))).toEqual([]);
});
