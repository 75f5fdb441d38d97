import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { memorySource } from '../../sources/byte-source.ts';
import { openSafetensors } from '../../weights/safetensors/open-safetensors.ts';
import { DIGITS, dinov2, folder, MODEL } from '../testing/command.ts';

test('embed writes the same vectors in every format', async () => {
  const images = ['one.png', 'two.png'].map((name) => `${DIGITS}/${name}`);
  const { out } = dinov2('embed', ...images, '-m', MODEL, '--normalize');
  const vectors: number[][] = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).embedding);
  expect(vectors.map(({ length }) => length)).toEqual([96, 96]);
  expect(Math.hypot(...(vectors[0] ?? []))).toBeCloseTo(1, 5);

  for (const name of ['a.npy', 'a.csv', 'a.jsonl', 'a.safetensors']) {
    expect(dinov2('embed', ...images, '-m', MODEL, '--normalize', '-o', name)).toMatchObject({
      status: 0,
      out: '',
    });
  }
  const npy = readFileSync(join(folder, 'a.npy'));
  const head = npy.readUInt16LE(8) + 10;
  expect(npy.subarray(0, 6).toString('latin1')).toBe('\x93NUMPY');
  expect(npy.subarray(10, head).toString()).toContain("'shape': (2, 96)");
  expect(npy.readFloatLE(head + 4 * 97)).toBe(vectors[1]?.[1]);
  expect(readFileSync(join(folder, 'a.npy.names.txt'), 'utf8')).toBe(`${images.join('\n')}\n`);
  expect(readFileSync(join(folder, 'a.csv'), 'utf8').split('\n')[2]).toBe(
    [images[1], ...(vectors[1] ?? [])].join(','),
  );
  expect(readFileSync(join(folder, 'a.jsonl'), 'utf8')).toBe(out);
  const file = await openSafetensors(
    memorySource(new Uint8Array(readFileSync(join(folder, 'a.safetensors')))),
    'a',
  );
  expect(file.tensors.get('embeddings')?.shape).toEqual([2, 96]);
  expect(JSON.parse(file.metadata.images ?? '')).toEqual(images);
});

test('poolings differ in width', () => {
  const widths = ['cls', 'mean', 'cls+mean'].map(
    (pool) =>
      JSON.parse(dinov2('embed', `${DIGITS}/one.png`, '-m', MODEL, '--pool', pool).out).embedding.length,
  );
  expect(widths).toEqual([96, 96, 192]);
});

test('an output below a file is an error in one line', () => {
  writeFileSync(join(folder, 'plain'), '');
  const { status, err } = dinov2('embed', `${DIGITS}/one.png`, '-m', MODEL, '-o', 'plain/a.npy');
  expect({ status, err }).toEqual({
    status: 1,
    err: 'dinov2: plain/a.npy: expected to write this file, got ENOTDIR; check the folder and its rights\n',
  });
});

test.each(['taken.npy', 'free.npy.names.txt'])(
  'an output that can not be written is refused before the work: the folder %s',
  (taken) => {
    mkdirSync(join(folder, taken), { recursive: true });
    const output = taken.replace('.names.txt', '');
    const { status, err } = dinov2('embed', 'gone.png', '-m', 'no/model', '-o', output);
    expect({ status, err }).toEqual({
      status: 1,
      err: `dinov2: ${taken}: expected to write this file, got EISDIR; check the folder and its rights\n`,
    });
  },
);

test('where no image can be read, no file is made, and none is left', () => {
  const { status, err } = dinov2('embed', 'gone.png', '-m', MODEL, '-o', 'none.npy');
  expect({ status, err }).toEqual({ status: 1, err: expect.stringMatching(/^dinov2: gone\.png: .*\n$/) });
  expect(readdirSync(folder).filter((name) => name.startsWith('none'))).toEqual([]);
});

test('a weights file alone is embedded, and what was assumed about images is said', () => {
  const file = `${folder}/alone.safetensors`;
  copyFileSync(
    fileURLToPath(
      new URL('../../conformance/fixtures/models/head-size-64/model.safetensors', import.meta.url),
    ),
    file,
  );
  const { status, out, err } = dinov2('embed', `${DIGITS}/zero.png`, '-m', file);
  expect(status).toBe(0);
  expect(JSON.parse(out).embedding).toHaveLength(128);
  expect(err).toMatch(/has no preprocessor_config\.json: images are resized to 256, cropped to 224/);
});

test('the names beside a .npy file are a line each, whatever is in them, and repeated as the rows are', () => {
  const names = ['plain \\ name.png', 'two\nlines\u2028.png', '"quoted".png', 'plain \\ name.png'];
  for (const name of names) copyFileSync(`${DIGITS}/one.png`, join(folder, name));
  expect(dinov2('embed', ...names, '-m', MODEL, '-o', 'names.npy').status).toBe(0);
  const lines = readFileSync(join(folder, 'names.npy.names.txt'), 'utf8').split('\n');
  expect(lines).toEqual([
    'plain \\ name.png',
    '"two\\nlines\\u2028.png"',
    '"\\"quoted\\".png"',
    'plain \\ name.png',
    '',
  ]);
  const read = lines.slice(0, -1).map((line) => (line.startsWith('"') ? JSON.parse(line) : line));
  expect(read).toEqual(names);
  expect(readFileSync(join(folder, 'names.npy')).toString('latin1')).toContain("'shape': (4, 96)");
});
