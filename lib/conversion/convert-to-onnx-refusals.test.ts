/** What can't be converted to ONNX is refused in words, and leaves nothing. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setDevice } from '../../backends/devices.ts';
import { OptionError, SourceError } from '../../errors/errors.ts';
import { convertToOnnx } from './convert-to-onnx.ts';

const DIGITS = fileURLToPath(new URL('../../models/digits', import.meta.url));

beforeAll(() => setDevice('simd', { threads: 1 }));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dinov2-to-onnx-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const inFolder = (name: string): string => join(folder, name);

test.each<[object, RegExp]>([
  [{ input: 'bytes' }, /input must be float32 or uint8, got "bytes"/],
  [{ imageSize: 0 }, /imageSize must be pixels, got 0/],
  [{ imageSize: [224] }, /imageSize must be pixels, got \[224\]/],
  [{ imageSize: {} }, /imageSize must be pixels, got \{\}/],
  [{ config: { hiddenSize: 96 } }, /config: expected a Dinov2Config, got \{"hiddenSize":96\}; of JSON/],
  [{ imageSize: '224' }, /imageSize must be pixels, got "224"/],
  [{ batch: 0 }, /batch must be a positive integer, got 0/],
  [{ architecture: 'Dinov2' }, /expected one of Dinov2Model, .*, got "Dinov2"/],
  [{ dtype: 'bf16' }, /dtype: expected one of f32, f16, i8, got "bf16"/],
  [{ target: 'onnx' }, /target: expected one of standard, ort, got "onnx"/],
  [{ outputs: ['embedding'] }, /expected outputs among logits, got "embedding"/],
  [
    { outputs: ['logits', 'pooler_output'] },
    /expected outputs of a classifier, got "pooler_output"; choose the architecture Dinov2Model/,
  ],
  [{ size: 224 }, /convertToOnnx: expected options among .*, got size$/],
])('refuses %j, and leaves nothing', async (options, message) => {
  for (const target of ['model.onnx', 'folder']) {
    const attempt = convertToOnnx(DIGITS, inFolder(target), options);
    await expect(attempt).rejects.toThrow(OptionError);
    await expect(attempt).rejects.toThrow(message);
  }
  expect(readdirSync(folder)).toEqual([]);
});

test('a second file that is in the way is found before the source is looked at', async () => {
  writeFileSync(inFolder('model.onnx_data'), 'mine');
  await expect(
    convertToOnnx(inFolder('nowhere'), inFolder('model.onnx'), { externalData: true }),
  ).rejects.toThrow(/model\.onnx_data: expected nothing of this name/);
});

test('a source or options that are nothing are errors in words', async () => {
  const nothing: object | null = null;
  await expect(convertToOnnx(nothing as never, inFolder('model.onnx'))).rejects.toThrow(
    /^source: expected a folder, a file, .* got null$/,
  );
  await expect(convertToOnnx(DIGITS, inFolder('model.onnx'), nothing as never)).rejects.toThrow(
    /^convertToOnnx: expected options as an object, got null$/,
  );
});

test('images whose positions would fill the memory are refused', async () => {
  const attempt = convertToOnnx(DIGITS, inFolder('model.onnx'), { imageSize: 99_999_999 });
  await expect(attempt).rejects.toThrow(/positions of at most 2 GB/);
});

test('refuses a target that is no name, and a source that is not there', async () => {
  for (const target of ['', undefined, inFolder('model.safetensors')]) {
    await expect(convertToOnnx(DIGITS, target as string)).rejects.toThrow(
      /expected the name of a folder or an \.onnx file/,
    );
  }
  await expect(convertToOnnx(inFolder('nowhere'), inFolder('model.onnx'))).rejects.toThrow(SourceError);
  expect(existsSync(inFolder('model.onnx'))).toBe(false);
});

test('a file where the folder should be is an error that names it', async () => {
  writeFileSync(inFolder('taken'), 'mine');
  await expect(convertToOnnx(DIGITS, inFolder('taken'))).rejects.toThrow(/taken/);
  expect(readFileSync(inFolder('taken'), 'utf8')).toBe('mine');
});
