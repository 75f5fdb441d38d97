/** `--engine onnxruntime`: on the WebAssembly build in place of the native one, and where there is none. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memorySource } from '../sources/byte-source.ts';
import { relativeDifference } from '../testing/close.ts';
import { openSafetensors } from '../weights/safetensors/open-safetensors.ts';
import {
  DIGITS,
  dinov2,
  dinov2Each,
  dinov2OnRuntime,
  folder,
  MODEL,
  REFERENCE,
  startDinov2,
} from './testing/command.ts';

const ENGINE = ['--engine', 'onnxruntime', '--threads', '1'];
const IMAGE = `${DIGITS}/seven.png`;

test('embed gives the same vectors', () => {
  const words = ['embed', IMAGE, `${DIGITS}/two.png`, '-m', MODEL, '--batch-size', '2'];
  const vectors = (out: string): number[][] =>
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).embedding);
  for (const pool of ['cls', 'mean']) {
    const onRuntime = dinov2OnRuntime('web', ...words, '--pool', pool, ...ENGINE);
    expect(onRuntime).toMatchObject({ status: 0, err: '' });
    const expected = vectors(dinov2(...words, '--pool', pool).out);
    expect(expected).toHaveLength(2);
    for (const [i, vector] of vectors(onRuntime.out).entries()) {
      expect(relativeDifference(vector, expected[i] ?? [])).toBeLessThan(1e-5);
    }
  }
});

test('classify gives the same label', () => {
  const { status, out } = dinov2OnRuntime('web', 'classify', IMAGE, '-m', MODEL, '--json', ...ENGINE);
  expect(status).toBe(0);
  expect(out).toContain('"seven"');
});

test('verify finds the model within tolerance', () => {
  const { status, out } = dinov2OnRuntime('web', 'verify', '-m', MODEL, '-r', REFERENCE, ...ENGINE);
  expect(out).toMatch(/all within tolerance/);
  expect(status).toBe(0);
});

test('features writes the same tensors', async () => {
  const words = ['features', IMAGE, '-m', MODEL, '--layers', '1,-1', '--attentions'];
  expect(dinov2(...words, '-o', 'tfjs.safetensors').status).toBe(0);
  const { status } = dinov2OnRuntime('web', ...words, '-o', 'ort.safetensors', ...ENGINE);
  expect(status).toBe(0);
  const [tfjs, ort] = await Promise.all(
    ['tfjs', 'ort'].map(async (name) =>
      openSafetensors(memorySource(new Uint8Array(readFileSync(join(folder, `${name}.safetensors`)))), name),
    ),
  );
  expect([...(ort?.tensors.keys() ?? [])]).toEqual([...(tfjs?.tensors.keys() ?? [])]);
  for (const name of tfjs?.tensors.keys() ?? []) {
    const [expected, actual] = await Promise.all([tfjs, ort].map((file) => file?.read(name)));
    const floats = (bytes: Uint8Array | undefined): Float32Array =>
      new Float32Array(Uint8Array.from(bytes ?? []).buffer);
    expect(relativeDifference(floats(actual), floats(expected))).toBeLessThan(1e-5);
  }
});

test('what computes is passed on, and its failure is an error in one line', () => {
  const words = ['embed', IMAGE, '-m', MODEL, ...ENGINE, '--execution-provider'];
  expect(dinov2OnRuntime('web', ...words, 'cpu').status).toBe(0);
  const { status, err } = dinov2OnRuntime('web', ...words, 'cuda', 'cpu');
  expect(err).toBe(
    'dinov2: onnxruntime: expected success in making a session on cuda, cpu, got no cuda here\n',
  );
  expect(status).toBe(1);
});

const VERBS: [string, string[]][] = [
  ['embed', [IMAGE]],
  ['classify', [IMAGE]],
  ['features', [IMAGE, '--layers', '1', '-o', 'absent.safetensors']],
  ['verify', ['--reference', REFERENCE]],
];

test('verbs ask for the package where there is none, before they look for the model', () => {
  const commands = VERBS.map(([verb, words]) => [verb, ...words, '-m', 'no/model', ...ENGINE]);
  for (const ended of dinov2Each(commands, { runtime: 'absent' })) {
    expect(ended).toMatchObject({
      status: 1,
      err: 'dinov2: onnxruntime: expected the package onnxruntime-node, got no such package; install it: npm install onnxruntime-node\n',
    });
  }
});

test('verbs refuse an execution provider without its engine', () => {
  const provider = ['--execution-provider', 'cpu'];
  const commands = VERBS.map(([verb, words]) => [verb, ...words, '-m', 'no/model', ...provider]);
  for (const ended of dinov2Each(commands)) {
    expect(ended).toMatchObject({
      status: 2,
      err: 'dinov2: --execution-provider: expected --engine onnxruntime, got --engine tfjs\n',
    });
  }
});

test('auto takes the engine where it is installed, and says so', () => {
  const words = ['classify', IMAGE, '-m', MODEL, '-k', '1', '--threads', '1', '--engine', 'auto'];
  const installed = dinov2OnRuntime('web', ...words);
  expect(installed).toMatchObject({
    status: 0,
    err: 'dinov2: --engine auto: onnxruntime, which is installed\n',
  });
  const absent = dinov2OnRuntime('absent', ...words);
  expect(absent).toMatchObject({ status: 0, out: installed.out });
  expect(absent.err).toMatch(/^dinov2: --engine auto: TF\.js; onnxruntime: expected the package .*\n$/);
  const forBackend = dinov2OnRuntime('web', ...words, '--backend', 'cpu');
  expect(forBackend).toMatchObject({ status: 0, err: 'dinov2: --engine auto: TF.js, for --backend cpu\n' });
  expect(dinov2OnRuntime('web', ...words, '--quiet')).toEqual({ status: 0, out: installed.out, err: '' });
  expect(dinov2OnRuntime('absent', ...words, '--execution-provider', 'cpu').status).toBe(1);
});

test('a package of that name that is not ONNX Runtime is refused', () => {
  const { status, err } = dinov2OnRuntime('strange', 'embed', IMAGE, '-m', MODEL, ...ENGINE);
  expect(err).toBe(
    'dinov2: onnxruntime: expected the package onnxruntime-node, got one without InferenceSession and Tensor; install it: npm install onnxruntime-node\n',
  );
  expect(status).toBe(1);
});

test('a folder for temporary files that is not there is named, and how to name another', async () => {
  const env = { ...process.env, TMPDIR: join(folder, 'nowhere') };
  const child = startDinov2(['embed', IMAGE, '-m', MODEL, ...ENGINE, '--no-graph-cache'], env, 'web');
  let err = '';
  child.stderr.on('data', (text) => {
    err += text;
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect(err).toMatch(
    /^dinov2: .*nowhere: expected a folder for temporary files, got ENOENT; let TMPDIR name one/,
  );
  expect(status).toBe(1);
});
