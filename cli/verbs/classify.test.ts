import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIGITS, dinov2, folder, MODEL } from '../testing/command.ts';

test('classify prints a line for each image, and nothing else', () => {
  const { status, out, err } = dinov2('classify', DIGITS, '-m', MODEL, '--top-k', '1', '--batch-size', '4');
  expect({ status, err }).toEqual({ status: 0, err: '' });
  const lines = out.trim().split('\n');
  expect(lines).toHaveLength(10);
  for (const line of lines) {
    const [, digit, label] = /(\w+)\.png\t(\w+) [01]\.\d{4}$/.exec(line) ?? [];
    expect(label).toBe(digit);
  }
});

test('classify --json gives probabilities that sum to one', () => {
  const { out } = dinov2('classify', `${DIGITS}/two.png`, '-m', MODEL, '--json', '-k', '99');
  const { image, labels } = JSON.parse(out);
  expect(image).toBe(`${DIGITS}/two.png`);
  expect(labels).toHaveLength(10);
  expect(labels.reduce((sum: number, { score }: { score: number }) => sum + score, 0)).toBeCloseTo(1, 5);
});

test('an image that can not be read is named, the others are done, and the status is 1', () => {
  writeFileSync(join(folder, 'broken.jpg'), Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]));
  writeFileSync(join(folder, 'text.png'), 'hello');
  const { status, out, err } = dinov2(
    'classify',
    'broken.jpg',
    'text.png',
    'gone.png',
    `${DIGITS}/one.png`,
    '-m',
    MODEL,
  );
  expect(status).toBe(1);
  expect(out.trim().split('\n')).toHaveLength(1);
  const lines = err.trim().split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(
    /^dinov2: broken\.jpg: expected a JPEG that can be decoded, got a truncated segment/,
  );
  expect(lines[1]).toMatch(/^dinov2: text\.png: expected an image in one of JPEG, PNG, WebP, GIF, BMP/);
  expect(lines[2]).toMatch(/^dinov2: gone\.png: .*no such file/);
});

test('images that are decoded in threads are named in the same words, in their order', () => {
  const good = ['one', 'two', 'three', 'four'].map((name) => `${DIGITS}/${name}.png`);
  const bad = ['broken.jpg', 'gone.png', 'text.png'];
  const words = (images: string[]) => dinov2('classify', ...images, '-m', MODEL, '-k', '1');
  const alone = bad.map((name) => words([name]).err).join('');
  const { out, err } = words([...good, ...bad, `${DIGITS}/five.png`]);
  expect(err).toBe(alone);
  expect(out.match(/\t\w+/g)).toEqual(['\tone', '\ttwo', '\tthree', '\tfour', '\tfive']);
});

test('classify --labels gives the classes other names', () => {
  writeFileSync(
    join(folder, 'labels.txt'),
    'null\neins\nzwei\ndrei\nvier\nfünf\nsechs\nsieben\nacht\nneun\n',
  );
  const words = ['classify', `${DIGITS}/two.png`, '-m', MODEL, '-k', '1'];
  expect(dinov2(...words, '--labels', 'labels.txt').out).toMatch(/\tzwei /);
  expect(dinov2(...words, '--labels', 'none.txt').err).toMatch(
    /^dinov2: none\.txt: expected a file of labels, or one of imagenet-1k, got ENOENT/,
  );
  expect(dinov2(...words, '--labels', 'imagenet-1k').status).toBe(1);
});

test('classify --head joins a head of its own, which must fit', () => {
  const head = join(
    MODEL,
    '..',
    '..',
    'conformance',
    'fixtures',
    'models',
    'linear-4',
    'linear_head.safetensors',
  );
  const { status, err } = dinov2('classify', `${DIGITS}/two.png`, '-m', MODEL, '--head', head);
  expect(status).toBe(1);
  expect(err).toMatch(/expected a backbone without a head to join .*linear_head\.safetensors to/);
});
