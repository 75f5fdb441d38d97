import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DIGITS, dinov2, MODEL } from '../testing/command.ts';

const QUICK = ['--rounds', '1'];

test('precision prints a row for each precision, and with --layers one for each layer', () => {
  const { status, out, err } = dinov2('precision', MODEL, DIGITS, ...QUICK);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  const [title, head = '', ...rows] = out.trimEnd().split('\n');
  expect(title).toBe('Dinov2ForImageClassification on simd, 10 images; time is of a pass over 1 image');
  expect(head.trim().split(/ {2,}/)).toEqual([
    ...[
      'weights',
      'in memory',
      'time',
      'f32 in turns',
      'faster',
      'cosine of CLS',
      'worst patch',
      'mean patch',
    ],
    ...['same nearest', 'same labels'],
  ]);
  expect(rows.map((row) => row.split(/ {2,}/)[0])).toEqual(['f32', 'f16', 'i8']);
  // a block's linear weights are nearly all there is: 442,368 of 461,386 values
  expect(rows.map((row) => row.split(/ {2,}/)[1])).toEqual(['1.8 MB', '1.0 MB', '0.5 MB']);
  expect(rows[2]).toMatch(/ {2}0\.9999\d\d {2,}0\.999\d{3} {2,}0\.99999\d {2,}\d+\.0 % {2,}100\.0 %$/);

  const layers = dinov2('precision', MODEL, DIGITS, ...QUICK, '--layers', '--precisions', 'i8').out;
  const names = layers
    .split('\n\n')[1]
    ?.split('\n')
    .map((row) => row.split(/ {2,}/)[0]);
  expect(names?.slice(1)).toEqual([
    ...['embeddings', 'block 1', 'block 2', 'block 3', 'block 4', 'CLS', 'patches', 'logits', ''],
  ]);
  expect(layers).toMatch(/^embeddings {2}1\.000000 {2,}1\.000000 {2,}0\.0e\+0 /m);
});

test('with --json it gives all there is, images that can not be read included', () => {
  const { status, out, err } = dinov2(
    ...['precision', MODEL, `${DIGITS}/one.png`, 'gone.png', `${DIGITS}/two.png`],
    ...['--precisions', 'i8', '--pool', 'mean', '--json', ...QUICK],
  );
  expect(status).toBe(1);
  expect(err).toMatch(/^dinov2: gone\.png: expected .*\n$/);
  expect(JSON.parse(out)).toMatchObject({
    model: MODEL,
    images: 2,
    synthetic: false,
    pool: 'mean',
    f32: { precision: 'f32', weightBytes: 1_845_544 },
    precisions: [{ precision: 'i8', neighbours: [{ k: 1, share: 1 }], layers: { length: 5 } }],
    failures: [{ image: 'gone.png', error: expect.stringContaining('gone.png: expected') }],
  });
});

test('of a file in 8 bits it says that f32 is no measure of what it lost', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dinov2-precision-'));
  try {
    const file = join(folder, 'i8');
    expect(dinov2('convert', MODEL, file, '--dtype', 'i8', '--quiet').status).toBe(0);
    const { status, err } = dinov2('precision', file, `${DIGITS}/one.png`, '--precisions', 'i8', ...QUICK);
    expect(status).toBe(0);
    expect(err).toBe(
      "dinov2: the file's linear weights are in 8 bits: in f32 they have the same rounded values\n",
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('help writes a list as the flag takes it', () => {
  expect(dinov2('precision', '--help').out).toContain('(default: f16,i8)');
});

test('without images it says that it took one of its own', () => {
  const { status, out, err } = dinov2('precision', MODEL, '--precisions', 'f16', ...QUICK);
  expect({ status, err }).toEqual({
    status: 0,
    err: 'dinov2: no images were given: an image of our own making was taken\n',
  });
  expect(out).toMatch(/on simd, 1 image; /);
  expect(out).not.toContain('same nearest');
});
