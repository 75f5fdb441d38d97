/** What is saved is loaded again with the same bits, and saving loses nothing. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setDevice } from '../../backends/devices.ts';
import { BitImageProcessor } from '../../images/image-processor.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import { MODELS } from '../../weights/testing/checkpoints.ts';
import { AutoBackbone, AutoModel } from '../families/auto.ts';
import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import type { AnyModel } from '../families/families.ts';
import { SMALL, waves } from '../testing/small-model.ts';
import { pretrainedFiles, savePretrained } from './save-pretrained.ts';

const DIGITS = fileURLToPath(new URL('../../models/digits', import.meta.url));

/** What no tensor tells. */
const HEADS = { fields: { numAttentionHeads: 3 } };

beforeAll(() => setDevice('simd', { threads: 1 }));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dinov2-save-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Every output of a model by name, for an image of its own size. */
function outputsOf(model: AnyModel): Map<string, unknown> {
  const side = Number(model.config.imageSize);
  const output = model.forward(waves([1, 3, side, side]));
  const values = new Map([...output.named].map(([name, tensor]) => [name, tensor.dataSync()]));
  output.dispose();
  return values;
}

/** A digest of every file of a folder. */
function contentsOf(target: string): Record<string, string> {
  return Object.fromEntries(readdirSync(target).map((name) => [name, digestOf(join(target, name))]));
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

const digits = (source: ModelSource = DIGITS) => Dinov2ForImageClassification.fromPretrained(source);

test.each<[string, () => Promise<AnyModel>, (source: ModelSource) => Promise<AnyModel>]>([
  ['the classifier of digits', digits, digits],
  ...['plain-swiglu', 'registers-swiglu', 'registers-mlp-timm'].map(
    (name): [string, () => Promise<AnyModel>, (source: ModelSource) => Promise<AnyModel>] => [
      name,
      () => AutoModel.fromPretrained(`${MODELS}${name}`, HEADS),
      (source) => AutoModel.fromPretrained(source),
    ],
  ),
  [
    'a backbone of two stages',
    () => AutoBackbone.fromPretrained(`${MODELS}registers-mlp`, { outFeatures: ['stage1', 'stage2'] }),
    (source) => AutoBackbone.fromPretrained(source),
  ],
])('%s is loaded again with the same bits, from a folder and from memory', async (_, load, reload) => {
  using model = await load();
  const expected = outputsOf(model);
  await savePretrained(model, join(folder, 'saved'));
  for (const source of [join(folder, 'saved'), await pretrainedFiles(model)]) {
    using again = await reload(source);
    expect(again.config.toJSON()).toEqual(model.config.toJSON());
    expect([...again.parameters.keys()].sort()).toEqual([...model.parameters.keys()].sort());
    expect(outputsOf(again)).toEqual(expected);
  }
});

test('the files are those that transformers wrote, byte for byte', async () => {
  using model = await digits();
  const processor = await BitImageProcessor.fromPretrained(DIGITS);
  const { files, warnings } = await savePretrained(model, join(folder, 'saved'), { processor });
  expect(warnings).toEqual([]);
  expect([...files].sort()).toEqual(readdirSync(join(folder, 'saved')).sort());
  for (const file of ['config.json', 'model.safetensors'])
    expect(digestOf(join(folder, 'saved', file))).toBe(digestOf(join(DIGITS, file)));
  const again = await BitImageProcessor.fromPretrained(join(folder, 'saved'));
  expect(again.config).toEqual(processor.config);
});

test('another model takes the place of an old one, and what else is there stays', async () => {
  const target = join(folder, 'saved');
  using model = await digits();
  await savePretrained(model, target, { maxShardSize: '600KB' });
  expect(readdirSync(target)).toContain('model.safetensors.index.json');
  writeFileSync(join(target, 'notes.txt'), 'mine');
  await expect(savePretrained(model, target)).rejects.toThrow(/expected a folder without a model/);
  await savePretrained(model, target, { overwrite: true, files: { 'training.json': '{}' } });
  expect(readdirSync(target).sort()).toEqual([
    'config.json',
    'model.safetensors',
    'notes.txt',
    'preprocessor_config.json',
    'training.json',
  ]);
});

test('what fails on the way leaves the old model as it was', async () => {
  const target = join(folder, 'saved');
  using model = await digits();
  await savePretrained(model, target);
  writeFileSync(join(target, 'notes.txt'), 'mine');
  const before = contentsOf(target);
  using other = await Dinov2ForImageClassification.fromConfig(SMALL.with({ numLabels: 3 }));
  const stop = new AbortController();
  const stopped = savePretrained(other, target, {
    overwrite: true,
    signal: stop.signal,
    onWrite: (written, total) => written === total && stop.abort(new Error('stopped')),
  });
  await expect(stopped).rejects.toThrow('stopped');
  const full = savePretrained(other, target, {
    overwrite: true,
    onWrite: () => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' });
    },
  });
  await expect(full).rejects.toThrow(/expected to write this file, got ENOSPC; the disk is full/);
  expect(contentsOf(target)).toEqual(before);
});

test('what was assumed, and what transformers can not load, is said', async () => {
  using model = await Dinov2ForImageClassification.fromConfig(
    SMALL.with({ numLabels: 3, numClassifierLayers: 2 }),
    { precision: 'f16' },
  );
  const { warnings } = await savePretrained(model, join(folder, 'saved'));
  expect(warnings).toEqual([
    expect.stringMatching(/no processor was given/),
    expect.stringMatching(/rounded to f16 are written in float32/),
    expect.stringMatching(/no classifier over 2 layers/),
  ]);
});

test('what is no model, or none any more, is refused', async () => {
  await expect(savePretrained({} as AnyModel, folder)).rejects.toThrow(/expected a model, got \{\}/);
  const gone = await Dinov2ForImageClassification.fromConfig(SMALL);
  gone.dispose();
  await expect(pretrainedFiles(gone)).rejects.toThrow(/got one after dispose\(\)/);
  await expect(savePretrained(gone, 'x.safetensors')).rejects.toThrow(/expected the name of a folder/);
});
