import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLASSES, dinov2, folder, MODEL } from '../testing/command.ts';

test('knn prints tables, draws, and keeps what the model sees for the next run', () => {
  const words = ['knn', CLASSES, '-m', MODEL, '-k', '1,5', '--few-shot', '2', '--features', 'f.safetensors'];
  const { status, out, err } = dinov2(...words, '--confusion', 'a.svg');
  expect({ status, err }).toEqual({ status: 0, err: '' });
  const [counts, votes = '', few = '', classes = ''] = out.trim().split('\n\n');
  expect(counts).toMatch(/^120 images of 10 classes to learn from, 80 to test on: test of /);
  expect(votes.split('\n').map((line) => line.split(/ {2,}/)[0])).toEqual(['neighbours', '1', '5']);
  expect(votes).toMatch(/^1 +96\.3 % +98\.8 % +0\.962$/m);
  expect(few.split('\n')[1]).toMatch(/^2 +1 +\d\d\.\d %$/);
  expect(classes.split('\n')).toHaveLength(12);
  expect(classes).toMatch(/^eight +8 +100\.0 % +75\.0 % +0\.857 +one 2$/m);
  expect(readFileSync(join(folder, 'a.svg'), 'utf8')).toMatch(/<title>eight taken for one: 2<\/title>/);
  const kept = statSync(join(folder, 'f.safetensors')).mtimeMs;
  expect(dinov2(...words, '--confusion', 'a.png').out).toBe(out);
  expect(statSync(join(folder, 'f.safetensors')).mtimeMs).toBe(kept);
  expect(readFileSync(join(folder, 'a.png')).toString('latin1', 1, 4)).toBe('PNG');
});

test('images that can not be read are named and left out, and what is no image is said', () => {
  const copy = join(folder, 'damaged');
  cpSync(`${CLASSES}/train`, copy, { recursive: true });
  for (const name of ['two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'])
    rmSync(join(copy, name), { recursive: true });
  writeFileSync(join(copy, 'one', '0.png'), 'no image');
  writeFileSync(join(copy, 'one', 'notes.txt'), '');
  const { status, out, err } = dinov2(
    'knn',
    'damaged',
    '-m',
    MODEL,
    '--test',
    `${CLASSES}/test/../train`,
    '-k',
    '1',
    '--json',
  );
  expect({ status, out }).toEqual({ status: 1, out: '' });
  expect(err).toMatch(/expected a label among one, zero, got "eight"/);
  const split = dinov2('knn', 'damaged', '-m', MODEL, '-k', '1', '--json');
  expect(split.status).toBe(1);
  expect(split.err).toMatch(/damaged: passed over, as no image ends so: one\/notes\.txt\n/);
  expect(split.err).toMatch(/one\/0\.png: expected an image/);
  expect(JSON.parse(split.out)).toMatchObject({
    train: 20,
    test: 4,
    testedOn: 'a fifth of each class, set aside',
    classes: ['one', 'zero'],
    results: [
      {
        k: 1,
        accuracy: 1,
        confusion: [
          [2, 0],
          [0, 2],
        ],
      },
    ],
    failures: [{ image: 'one/0.png', error: expect.stringMatching(/got text/) }],
  });
});

test('a single image of each class leaves none to test on, which is said before anything is computed', () => {
  for (const name of ['one', 'two'])
    cpSync(
      `${CLASSES}/train/${name}/${readdirSync(`${CLASSES}/train/${name}`)[0]}`,
      join(folder, 'single', name, '0.png'),
    );
  const { status, err } = dinov2('knn', 'single', '-m', MODEL);
  expect([status, err]).toEqual([
    2,
    expect.stringMatching(/^dinov2: single: expected a second image of a class, .* by --test\n$/),
  ]);
});
