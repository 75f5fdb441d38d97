/** The verbs `similarity` and `match`: the files they write, and what they say. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeImage } from '../../images/decode-image.ts';
import { encodePng } from '../../images/index.ts';
import type { RawImage } from '../../images/raw-image.ts';
import { DIGITS, dinov2Each, folder, MODEL } from '../testing/command.ts';

const [TWO, THREE] = [`${DIGITS}/two.png`, `${DIGITS}/three.png`];
/** A pixel of the image for one of the PNG file. */
const PLAIN = ['--enlarge', '1'];
const AT = ['similarity', TWO, '--at', '30.5,22', '-m', MODEL, ...PLAIN];

async function png(...path: string[]): Promise<RawImage> {
  return decodeImage(readFileSync(join(folder, ...path)), path.join('/'));
}

mkdirSync(join(folder, 'some'));
for (const name of ['one', 'two', 'three', 'four', 'five']) {
  writeFileSync(join(folder, 'some', `${name}.png`), readFileSync(`${DIGITS}/${name}.png`));
}
writeFileSync(join(folder, 'some', 'broken.png'), 'no image');
const flat = { width: 96, height: 64, channels: 3, data: new Uint8Array(96 * 64 * 3).fill(90) } as const;
writeFileSync(join(folder, 'wide.png'), await encodePng(flat));
const strip = { width: 640, height: 40, channels: 3, data: new Uint8Array(640 * 40 * 3).fill(90) } as const;
writeFileSync(join(folder, 'strip.png'), await encodePng(strip));

const [
  alone,
  all,
  plain,
  box,
  outside,
  unread,
  pair,
  few,
  single,
  sheet,
  wide,
  under,
  inFront,
  split,
  long,
  within,
] = dinov2Each([
  [...AT, '--json', '-o', 'alone'],
  [...AT, 'some', '-o', 'all', '--columns', '2', '--size', '61'],
  [...AT, THREE, '-o', 'plain/deeper', '--overlay', '0', '--size', '64', '--json'],
  ['similarity', TWO, '--at', '20,20,16,16', THREE, '-m', MODEL, '-o', 'box', '--interpolation', 'bicubic'],
  ['similarity', TWO, '--at', '64,3', '-m', MODEL, '-o', 'outside'],
  ['similarity', 'some/broken.png', '--at', '3,3', TWO, '-m', MODEL, '-o', 'unread'],
  ['match', TWO, THREE, '-m', MODEL, '--json', '-o', 'pair'],
  ['match', TWO, THREE, '-m', MODEL, ...PLAIN, '-o', 'pair', '--lines', '3', '--ratio', '0.9', '--no-refine'],
  ['match', TWO, 'some/broken.png', '-m', MODEL, '-o', 'single'],
  ['match', TWO, THREE, '-m', MODEL, '--columns', '2'],
  ['similarity', 'wide.png', '--at', '3,3', TWO, '-m', MODEL, '-o', 'wide', '--columns', '1'],
  ['match', TWO, THREE, '-m', MODEL, ...PLAIN, '-o', 'under', '--overlay', '0'],
  ['match', TWO, THREE, '-m', MODEL, '--json', '-o', 'front', '--foreground', 'auto'],
  ['pca', TWO, '-m', MODEL, '--json', '-o', 'front'],
  ['similarity', 'strip.png', '--at', '3,3', '-m', MODEL, '-o', 'strip'],
  ['similarity', './some/two.png', '--at', '3,3', 'some/two.png', THREE, '-m', MODEL, '-o', 'within'],
]);

function lines(out = ''): { [key: string]: unknown }[] {
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('an image alone is searched itself; the place is the most like itself, and marked', async () => {
  expect(alone).toMatchObject({ status: 0, err: '' });
  const [found, ...more] = lines(alone?.out);
  expect(more).toEqual([]);
  expect(found).toMatchObject({ image: TWO, output: 'alone/two-similarity.png', rows: 8, columns: 8 });
  expect(found?.best).toEqual({ x: 28, y: 20, cosine: expect.closeTo(1, 5) });
  expect(found?.cosines).toHaveLength(64);
  expect(await png('alone', 'two-similarity.png')).toMatchObject({ width: 32, height: 32 });
});

test('a folder is searched image by image, with a contact sheet; what can not be read is told', async () => {
  expect(all).toMatchObject({ status: 1, err: expect.stringContaining('some/broken.png') });
  const names = ['two', 'five', 'four', 'one', 'three', 'two-2'];
  const files = [...names.map((name) => `all/${name}-similarity.png`), 'all/similarity.png'];
  expect(
    all?.out
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[1]),
  ).toEqual(files);
  expect(readdirSync(join(folder, 'all')).sort()).toEqual(files.map((file) => file.slice(4)).sort());
  expect((await png('all', 'one-similarity.png')).width).toBe(60);
  const sheet = await png('all', 'similarity.png');
  // two columns of 60 pixels, and four rows for seven images, of which one is missing
  expect(sheet.width).toBe(2 * 60 + 8 + 2 * 8);
  expect(sheet.height).toBeGreaterThan(4 * 60);
  expect(sheet.height).toBeLessThan(4 * 95);
});

test('an image that is among those that are searched is drawn once', () => {
  expect(within).toMatchObject({ status: 0, err: '' });
  expect(readdirSync(join(folder, 'within')).sort()).toEqual(['three-similarity.png', 'two-similarity.png']);
});

test('a panorama is drawn high enough to look at', async () => {
  expect(long).toMatchObject({ status: 0, err: '' });
  expect(await png('strip', 'strip-similarity.png')).toMatchObject({ width: 4 * 512, height: 4 * 32 });
});

test('the places of a sheet are like its first image', async () => {
  expect(wide).toMatchObject({ status: 0, err: '' });
  const [first, sheet] = [await png('wide', 'wide-similarity.png'), await png('wide', 'similarity.png')];
  expect(first.height / first.width).toBeCloseTo(2 / 3, 2);
  // two rows of three quarters of the width, with captions
  expect(sheet.height).toBe(2 * (240 + 18) + 8 + 2 * 8);
});

test('with an overlay of 0 the images are as the model saw them, and no sheet is made of words', async () => {
  expect(plain).toMatchObject({ status: 0, err: '' });
  expect(readdirSync(join(folder, 'plain', 'deeper')).sort()).toEqual([
    'three-similarity.png',
    'two-similarity.png',
  ]);
  const seen = await decodeImage(readFileSync(THREE), 'three');
  const written = await png('plain', 'deeper', 'three-similarity.png');
  expect(Buffer.compare(written.data, seen.data)).toBe(0);
});

test('a box is searched; a place beside the image, and a first image that can not be read, end the command', () => {
  expect(box).toMatchObject({
    status: 0,
    err: '',
    out: expect.stringMatching(/three\.png\tbox\/three-similarity\.png\n$/),
  });
  expect(outside).toMatchObject({ status: 2, out: '' });
  expect(outside?.err).toContain(
    'similarityMap: at: expected a place that the model sees, x from 0 to below 64',
  );
  expect(unread).toMatchObject({ status: 1, out: '', err: expect.stringContaining('some/broken.png') });
  expect(readdirSync(join(folder, 'unread'))).toEqual([]);
});

test('match draws lines between two images, and --json has their ends', async () => {
  expect(pair).toMatchObject({ status: 0, err: '' });
  const [{ images, output, matches } = {}] = lines(pair?.out);
  expect([images, output]).toEqual([[TWO, THREE], 'pair/two-three-match.png']);
  expect(matches).toContainEqual({
    from: expect.any(Number),
    to: expect.any(Number),
    fromPoint: { x: expect.any(Number), y: expect.any(Number) },
    toPoint: { x: expect.any(Number), y: expect.any(Number) },
    cosine: expect.any(Number),
  });
  expect(few).toMatchObject({ status: 0, err: '', out: 'two-three\tpair/two-three-match.png\n' });
  const drawn = await png('pair', 'two-three-match.png');
  expect([drawn.width, drawn.height]).toEqual([32 + 8 + 32, 32]);
  // the digits are grey: what has colour is a line
  const coloured = Array.from({ length: drawn.data.length / 3 }, (_, i) =>
    drawn.data.subarray(3 * i, 3 * i + 3),
  );
  expect(
    coloured.filter(
      ([red = 0, green = 0, blue = 0]) => Math.max(red, green, blue) - Math.min(red, green, blue) > 60,
    ).length,
  ).toBeGreaterThan(20);
});

test('match covers the images as much as is said, and takes the foreground alone', async () => {
  expect(under).toMatchObject({ status: 0, err: '' });
  const { data } = await png('under', 'two-three-match.png');
  const isGrey = (at: number) => data[at] === data[at + 1] && data[at] === data[at + 2];
  expect(Array.from({ length: data.length / 3 }, (_, i) => isGrey(3 * i))).not.toContain(false);
  expect(inFront).toMatchObject({ status: 0, err: '' });
  const [{ foreground = [] } = {}] = lines(split?.out) as { foreground?: number[] }[];
  const fromOf = (run: typeof pair) =>
    lines(run?.out).flatMap(({ matches }) => (matches as { from: number }[]).map(({ from }) => from));
  const patches = fromOf(inFront);
  expect(patches.length).toBeGreaterThan(0);
  expect(patches.filter((patch) => foreground[patch] !== 1)).toEqual([]);
  expect(fromOf(pair).filter((patch) => foreground[patch] !== 1)).not.toEqual([]);
});

test('match has no options of what it does not draw', () => {
  expect(sheet).toMatchObject({ status: 2, err: expect.stringContaining("unknown option '--columns'") });
});

test('match without one of its images writes nothing, and says why', () => {
  expect(single).toMatchObject({ status: 1, out: '', err: expect.stringContaining('some/broken.png') });
  expect(readdirSync(join(folder, 'single'))).toEqual([]);
});
