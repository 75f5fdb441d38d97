/** The built command, as a user runs it. `npm test` builds it first. */
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memorySource } from '../weights/byte-source.ts';
import { openSafetensors } from '../weights/safetensors/open-safetensors.ts';
import { HubServer } from '../weights/testing/hub-server.ts';

const ROOT = new URL('..', import.meta.url).pathname;
const COMMAND = `${ROOT}dist/cli/main.js`;
const DIGITS = `${ROOT}examples/pictures/digits`;
const MODEL = `${ROOT}models/digits`;
const REFERENCE = `${ROOT}conformance/fixtures/digits.safetensors`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dinov2-cli-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function dinov2(...words: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...words], {
    encoding: 'utf8',
    cwd: folder,
  });
  return { status, out: stdout, err: stderr };
}

test('classify prints a line for each picture, and nothing else', () => {
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

test('embed writes the same vectors in every format', async () => {
  const pictures = ['one.png', 'two.png'].map((name) => `${DIGITS}/${name}`);
  const { out } = dinov2('embed', ...pictures, '-m', MODEL, '--normalize');
  const vectors: number[][] = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).embedding);
  expect(vectors.map(({ length }) => length)).toEqual([96, 96]);
  expect(Math.hypot(...(vectors[0] ?? []))).toBeCloseTo(1, 5);

  for (const name of ['a.npy', 'a.csv', 'a.jsonl', 'a.safetensors']) {
    expect(dinov2('embed', ...pictures, '-m', MODEL, '--normalize', '-o', name)).toMatchObject({
      status: 0,
      out: '',
    });
  }
  const npy = readFileSync(join(folder, 'a.npy'));
  const head = npy.readUInt16LE(8) + 10;
  expect(npy.subarray(0, 6).toString('latin1')).toBe('\x93NUMPY');
  expect(npy.subarray(10, head).toString()).toContain("'shape': (2, 96)");
  expect(npy.readFloatLE(head + 4 * 97)).toBe(vectors[1]?.[1]);
  expect(readFileSync(join(folder, 'a.csv'), 'utf8').split('\n')[2]).toBe(
    [pictures[1], ...(vectors[1] ?? [])].join(','),
  );
  expect(readFileSync(join(folder, 'a.jsonl'), 'utf8')).toBe(out);
  const file = await openSafetensors(
    memorySource(new Uint8Array(readFileSync(join(folder, 'a.safetensors')))),
    'a',
  );
  expect(file.tensors.get('embeddings')?.shape).toEqual([2, 96]);
  expect(JSON.parse(file.metadata.images ?? '')).toEqual(pictures);
});

test('poolings differ in width', () => {
  const widths = ['cls', 'mean', 'cls+mean'].map(
    (pool) =>
      JSON.parse(dinov2('embed', `${DIGITS}/one.png`, '-m', MODEL, '--pool', pool).out).embedding.length,
  );
  expect(widths).toEqual([96, 96, 192]);
});

test('features writes a file that verify accepts as a reference', async () => {
  const { status, out } = dinov2(
    'features',
    `${DIGITS}/six.png`,
    '-m',
    MODEL,
    '--layers=0,-1',
    '--attentions',
    '-o',
    'six.safetensors',
  );
  expect(status).toBe(0);
  expect(out).toContain('hidden_states.4\t[1, 65, 96]');
  expect(out).toContain('attentions.3\t[1, 3, 65, 65]');
});

test('verify passes, prints rows or JSON, and fails at a tolerance that is too small', () => {
  expect(dinov2('verify', '-m', MODEL, '-r', REFERENCE, '--atol', '2e-5')).toMatchObject({ status: 0 });
  const { status, out } = dinov2('verify', '-m', MODEL, '-r', REFERENCE, '--atol', '1e-12', '--json');
  expect(status).toBe(1);
  const { pass, tensors } = JSON.parse(out);
  expect(pass).toBe(false);
  expect(tensors[0]).toEqual({
    reference: REFERENCE,
    name: 'hidden_states.0',
    maxAbs: expect.any(Number),
    maxRel: expect.any(Number),
    cosine: expect.any(Number),
    pass: false,
  });
});

test('inspect knows the architecture without the weights', () => {
  const { out } = dinov2('inspect', MODEL, '--json', '--tensors');
  expect(JSON.parse(out)).toMatchObject({
    parameters: 461386,
    labels: 10,
    keyScheme: 'transformers (files)',
    dtypes: { F32: 81 },
  });
});

test('a picture that can not be read is named, the others are done, and the status is 1', () => {
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
  expect(lines[0]).toMatch(/^dinov2: broken\.jpg: expected a JPEG frame/);
  expect(lines[1]).toMatch(/^dinov2: text\.png: expected a picture in one of JPEG, PNG, WebP, GIF, BMP/);
  expect(lines[2]).toMatch(/^dinov2: gone\.png: .*no such file/);
});

test.each<[string, string[], number, RegExp]>([
  ['an unknown verb', ['paint'], 2, /unknown command 'paint'/],
  ['an unknown option', ['embed', 'a.png', '-m', MODEL, '--size', '3'], 2, /unknown option '--size'/],
  ['a missing model', ['embed', 'a.png'], 2, /required option '-m, --model <model>'/],
  ['a number that is none', ['classify', 'a.png', '-m', MODEL, '-k', 'x'], 2, /expected a positive integer/],
  [
    'a pooling that does not exist',
    ['embed', 'a.png', '-m', MODEL, '--pool', 'max'],
    2,
    /Allowed choices are cls/,
  ],
  ['no verb', [], 2, /Usage: dinov2/],
  [
    'a model that does not exist',
    ['embed', `${DIGITS}/one.png`, '-m', './nowhere'],
    1,
    /^dinov2: \.\/nowhere: expected a folder/,
  ],
  [
    'an ending that stands for nothing',
    ['embed', `${DIGITS}/one.png`, '-m', MODEL, '-o', 'a.xls'],
    1,
    /--output: expected a file ending in/,
  ],
  [
    'a folder that is not there',
    ['embed', `${DIGITS}/one.png`, '-m', MODEL, '-o', 'no/such/a.npy'],
    1,
    /a\.npy: expected to write this file, got ENOENT/,
  ],
  ['a glob without pictures', ['embed', '*.tiff', '-m', MODEL], 1, /pictures: expected at least one/],
  [
    'a reference that is none',
    ['verify', '-m', MODEL, '-r', `${MODEL}/model.safetensors`],
    1,
    /expected a reference with metadata format/,
  ],
  [
    'a layer that is none',
    ['features', `${DIGITS}/one.png`, '-m', MODEL, '--layers', '9', '-o', 'x.safetensors'],
    1,
    /integers from -5 to 4, got 9/,
  ],
])('%s is an error in one line', (_, words, expected, message) => {
  const { status, out, err } = dinov2(...words);
  expect(status).toBe(expected);
  expect(out).toBe('');
  expect(err).toMatch(message);
  if (expected === 1) expect(err.trim().split('\n')).toHaveLength(1);
  expect(readdirSync(folder).filter((name) => name.includes('incomplete'))).toEqual([]);
});

test('every verb explains itself with examples', () => {
  for (const verb of ['embed', 'classify', 'features', 'verify', 'inspect']) {
    const { status, out } = dinov2(verb, '--help');
    expect(status).toBe(0);
    expect(out).toMatch(new RegExp(`Examples:\n  \\$ dinov2 ${verb} `));
  }
  expect(dinov2('--version').out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('folders and globs are expanded', () => {
  if (!existsSync(join(folder, 'digits'))) symlinkSync(DIGITS, join(folder, 'digits'));
  expect(dinov2('classify', 'digits/', '-m', MODEL).out.trim().split('\n')).toHaveLength(10);
  expect(dinov2('classify', 'digits/t*.png', '-m', MODEL).out.trim().split('\n')).toHaveLength(2);
});

test('a reader that stops early is no error', async () => {
  const child = spawn(process.execPath, [COMMAND, 'embed', DIGITS, '-m', MODEL], { cwd: folder });
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += String(chunk);
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect({ status, err }).toEqual({ status: 0, err: '' });
});

test('a name with a line break or an escape is still one line of output', () => {
  const name = 'a\nb\x1b[31m\t.png';
  copyFileSync(`${DIGITS}/one.png`, join(folder, name));
  const { out } = dinov2('classify', name, '-m', MODEL, '-k', '1');
  expect(out).toMatch(/^a\\nb\\u001b\[31m\\t\.png\tone 0\.\d{4}\n$/);
  const { status, err } = dinov2('classify', 'gone\n\x1b.png', '-m', MODEL);
  expect(status).toBe(1);
  expect(err).toBe('dinov2: gone\\n\\u001b.png: expected a picture that can be read, got no such file\n');
});

test('an output below a file is an error in one line', () => {
  writeFileSync(join(folder, 'plain'), '');
  const { status, err } = dinov2('embed', `${DIGITS}/one.png`, '-m', MODEL, '-o', 'plain/a.npy');
  expect({ status, err }).toEqual({
    status: 1,
    err: 'dinov2: plain/a.npy: expected to write this file, got ENOTDIR; check the folder and its rights\n',
  });
});

test('more threads than any machine has are refused', () => {
  const { status, err } = dinov2('embed', `${DIGITS}/one.png`, '-m', MODEL, '--threads', '100000');
  expect(status).toBe(1);
  expect(err).toBe('dinov2: simd: threads must be an integer from 1 to 256, got 100000\n');
});

test('a full disk behind standard output is an error in one line', () => {
  if (!existsSync('/dev/full')) return;
  const full = openSync('/dev/full', 'w');
  const words = [COMMAND, 'embed', `${DIGITS}/one.png`, '-m', MODEL];
  const { status, stderr } = spawnSync(process.execPath, words, {
    encoding: 'utf8',
    stdio: ['ignore', full, 'pipe'],
  });
  closeSync(full);
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: 'dinov2: standard output: expected to write results, got ENOSPC\n',
  });
});

test('results still come where nobody reads the messages', async () => {
  const words = [COMMAND, 'embed', ...Array<string>(200).fill('gone.png'), `${DIGITS}/one.png`, '-m', MODEL];
  const child = spawn(process.execPath, words, { cwd: folder });
  let out = '';
  child.stderr.destroy();
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect(status).toBe(1);
  expect(JSON.parse(out).embedding).toHaveLength(96);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends the command at once and leaves no file',
  async (signal) => {
    const pictures = Array<string>(100).fill(DIGITS);
    const child = spawn(process.execPath, [COMMAND, 'embed', ...pictures, '-m', MODEL, '-o', 'stopped.npy'], {
      cwd: folder,
    });
    setTimeout(() => child.kill(signal), 500);
    const ended = await new Promise((resolve) => child.on('close', (_, by) => resolve(by)));
    expect(ended).toBe(signal);
    expect(readdirSync(folder).filter((name) => name.startsWith('stopped'))).toEqual([]);
  },
);

test('Ctrl-C in a download leaves its part where the next one finds it', async () => {
  const weights = new Uint8Array(readFileSync(`${MODEL}/model.safetensors`));
  const text = (name: string) => ({ bytes: new Uint8Array(readFileSync(`${MODEL}/${name}`)) });
  const server = await new HubServer({
    'config.json': text('config.json'),
    'preprocessor_config.json': text('preprocessor_config.json'),
    'model.safetensors': { bytes: weights, large: true },
  }).start();
  server.faults = { stallAfter: 100_000 };
  const words = ['embed', `${DIGITS}/one.png`, '-m', 'owner/model', '--cache-dir', 'cache'];
  const env = { ...process.env, HF_ENDPOINT: server.endpoint };
  const child = spawn(process.execPath, [COMMAND, ...words], { cwd: folder, env });
  const blobs = join(folder, 'cache', 'models--owner--model', 'blobs');
  const parts = () =>
    (existsSync(blobs) ? readdirSync(blobs) : []).filter((name) => /^[0-9a-f]{64}\./.test(name));
  while (parts().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGINT');
  const ended = await new Promise((resolve) => child.on('close', (_, by) => resolve(by)));
  await server.stop();
  expect(ended).toBe('SIGINT');
  expect(parts()).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.incomplete$/)]);
});

test('an output that can not be written is refused before the work', () => {
  mkdirSync(join(folder, 'taken.npy'), { recursive: true });
  const { status, err } = dinov2('embed', 'gone.png', '-m', 'no/model', '-o', 'taken.npy');
  expect({ status, err }).toEqual({
    status: 1,
    err: 'dinov2: taken.npy: expected to write this file, got EISDIR; check the folder and its rights\n',
  });
});
