/** The verb `attention`: the files it writes, and what it says. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeImage } from '../../images/decode-image.ts';
import { encodePng } from '../../images/index.ts';
import type { RawImage } from '../../images/raw-image.ts';
import { DIGITS, dinov2Each, folder, MODEL } from '../testing/command.ts';

const TWO = `${DIGITS}/two.png`;
/** A pixel of the image for one of the PNG file. */
const PLAIN = ['--enlarge', '1'];
const AT = ['attention', TWO, '-m', MODEL];
const GREY = [...PLAIN, '--heads', '0', '--colormap', 'gray', '--overlay', '1'];

async function png(...path: string[]): Promise<RawImage> {
  return decodeImage(readFileSync(join(folder, ...path)), path.join('/'));
}

mkdirSync(join(folder, 'some'));
for (const name of ['one', 'two']) {
  writeFileSync(join(folder, 'some', `${name}.png`), readFileSync(`${DIGITS}/${name}.png`));
}
writeFileSync(join(folder, 'some', 'broken.png'), 'no image');
const strip = { width: 640, height: 40, channels: 3, data: new Uint8Array(640 * 40 * 3).fill(90) } as const;
writeFileSync(join(folder, 'strip.png'), await encodePng(strip));

const [heads, mean, point, rollout, all, beside, register, plain, bright, stack] = dinov2Each([
  [...AT, '--json', '-o', 'heads'],
  [
    ...AT,
    '--json',
    '-o',
    'mean',
    ...PLAIN,
    '--heads',
    'mean',
    '--layer=-2',
    '--scale',
    'none',
    '--overlay',
    '1',
  ],
  [
    ...AT,
    '--json',
    '-o',
    'point',
    ...PLAIN,
    '--heads',
    '1',
    '--query',
    '30.5,22',
    '--overlay',
    '0',
    '--size',
    '64',
  ],
  [
    ...AT,
    '--json',
    '-o',
    'rollout',
    '--rollout',
    '--head-fusion',
    'max',
    '--discard-ratio',
    '0.5',
    '--scale',
    'sum',
  ],
  ['attention', 'some', '-m', MODEL, '-o', 'all', ...PLAIN, '--rollout', '--size', '64'],
  [...AT, '--query', '70,3'],
  [...AT, '--query', 'register:0'],
  [...AT, '-o', 'plain', ...GREY],
  [...AT, '-o', 'bright', ...GREY, '--range', '0,0.25'],
  ['attention', 'strip.png', '-m', MODEL, '-o', 'strip'],
]);

interface Found {
  maps: { name: string; values: number[] }[];
  [key: string]: unknown;
}

function found(run: { out: string } | undefined): Found {
  return JSON.parse(run?.out ?? '');
}

test('all heads of the last layer make a grid with captions, the largest weight of each in the last colour', async () => {
  expect(heads).toMatchObject({ status: 0, err: '' });
  const { maps, ...rest } = found(heads);
  const output = 'heads/two-attention.png';
  expect(rest).toEqual({ image: TWO, output, layer: -1, query: 'cls', rows: 8, columns: 8 });
  expect(maps.map(({ name, values }) => [name, values.length, Math.max(...values)])).toEqual([
    ['head 0', 64, 1],
    ['head 1', 64, 1],
    ['head 2', 64, 1],
  ]);
  // a row of three places of 160 pixels
  expect((await png(output)).width).toBe(3 * 160 + 4 * 8);
});

test('heads of a panorama stand below one another', async () => {
  expect(stack).toMatchObject({ status: 0, err: '' });
  const { width, height } = await png('strip', 'strip-attention.png');
  expect(width).toBe(4 * 512 + 2 * 8);
  expect(height).toBeGreaterThan(3 * 4 * 32);
});

test('one map is alone, as large as the model saw the image', async () => {
  const { maps } = found(mean);
  expect(maps.map(({ name }) => name)).toEqual(['mean']);
  expect(maps[0]?.values.reduce((a, b) => a + b)).toBeLessThan(1);
  expect(await png('mean', 'two-attention.png')).toMatchObject({ width: 32, height: 32 });
});

test('the patch under a pixel is asked for, and marked', async () => {
  expect(found(point)).toMatchObject({ query: { x: 30.5, y: 22 }, maps: [{ name: 'head 1' }] });
  // in the image's own size and under nothing, only the mark is not the image's
  const { data } = await png('point', 'two-attention.png');
  const seen = await decodeImage(readFileSync(TWO), TWO);
  const marked = Array.from({ length: 64 * 64 }, (_, i) => i).filter((i) => data[3 * i] !== seen.data[3 * i]);
  const away = marked.map((i) => Math.hypot((i % 64) - 30.5, Math.floor(i / 64) - 22));
  expect(away.length).toBeGreaterThan(0);
  expect(Math.max(...away)).toBeLessThan(12);
});

test('a range shows what a few bright patches outshine', async () => {
  expect([plain?.status, bright?.status]).toEqual([0, 0]);
  const [dark, light] = [await png('plain', 'two-attention.png'), await png('bright', 'two-attention.png')];
  for (const [i, value] of dark.data.entries()) {
    // four grades where there was one
    const expected = Math.min(4 * value, 255);
    expect(Math.abs((light.data[i] ?? 0) - expected)).toBeLessThanOrEqual(expected === 255 ? 0 : 4);
  }
});

test('a rollout is one map of all layers', () => {
  const { maps } = found(rollout);
  expect(maps.map(({ name }) => name)).toEqual(['rollout']);
  expect(maps[0]?.values.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
});

test('a folder has a contact sheet; what can not be read is told', async () => {
  expect(all).toMatchObject({ status: 1, err: expect.stringContaining('some/broken.png') });
  expect(
    all?.out
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[1]),
  ).toEqual(['all/one-attention.png', 'all/two-attention.png', 'all/attention.png']);
  expect((await png('all', 'two-attention.png')).width).toBe(64);
});

test('a place that is not seen, and a register that there is not, end the command', () => {
  expect(beside).toMatchObject({ status: 2, out: '' });
  expect(beside?.err).toContain('query: expected a point that the model sees, x from 0 to below 64');
  expect(register?.err).toContain('query: expected a token of a model that has no registers, got register 0');
});
