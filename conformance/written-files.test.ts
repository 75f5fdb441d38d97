/** What this library writes, against the files that transformers wrote. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BitImageProcessor } from '../images/image-processor.ts';
import { parseProcessorConfig } from '../images/parse-processor-config.ts';
import { Dinov2Config } from '../lib/families/dinov2/dinov2-config.ts';
import { moduleName } from '../lib/families/dinov2/keys/schemes.ts';
import type { ModelKind } from '../lib/families/families.ts';
import { configFile, processorFile } from '../lib/saving/model-files.ts';
import { memorySource } from '../sources/byte-source.ts';
import { folderRepository } from '../sources/folder-repository-node.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import { openCheckpoint } from '../weights/open-checkpoint.ts';
import { openSafetensors } from '../weights/safetensors/open-safetensors.ts';
import { castView } from '../weights/write/cast-view.ts';
import { writeFolder } from '../weights/write/write-folder-node.ts';

const FIXTURES = new URL('fixtures/', import.meta.url).pathname;
/** The models that transformers saved, which say of which class they are. */
const MODELS = readdirSync(join(FIXTURES, 'models')).filter((name) =>
  readFileSync(join(FIXTURES, 'models', name, 'config.json'), 'utf8').includes('"architectures"'),
);

/** Written by hand, or with what transformers keeps as it was given. */
const OTHER_CONFIGS = [
  'plain-mlp-timm',
  'registers-mlp-timm',
  'backbone-tokens',
  'backbone-tokens-registers',
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dinov2-written-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The files of a folder by their names, in hexadecimal so that a difference is reported at once. */
function contents(path: string): Record<string, string> {
  return Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'hex')]));
}

function modelFolder(name: string): string {
  return join(FIXTURES, 'models', name);
}

async function open(name: string): Promise<Checkpoint> {
  const repository = await folderRepository(modelFolder(name));
  if (repository === undefined) throw new Error(`${name}: expected a folder of this name, got none`);
  return openCheckpoint(repository);
}

function configOf(name: string): { text: string; json: Record<string, unknown>; config: Dinov2Config } {
  const text = readFileSync(join(modelFolder(name), 'config.json'), 'utf8');
  const json: Record<string, unknown> = JSON.parse(text);
  return { text, json, config: Dinov2Config.fromJSON(json) };
}

function kindOf(json: Record<string, unknown>): ModelKind {
  const architecture = String(json.architectures);
  return architecture.endsWith('Backbone')
    ? 'Backbone'
    : architecture.endsWith('Model')
      ? 'Model'
      : 'ForImageClassification';
}

test.each(MODELS)('the weights of %s are written byte for byte', async (name) => {
  const checkpoint = await open(name);
  const target = join(folder, name);
  const maxShardSize = name === 'sharded' ? '20KB' : undefined;
  await writeFolder(checkpoint, { 'config.json': configOf(name).text }, target, {
    maxShardSize,
    orderName: moduleName,
  });
  await checkpoint.close();
  expect(contents(target)).toEqual(contents(modelFolder(name)));
});

test.each(MODELS.filter((name) => !OTHER_CONFIGS.includes(name)))(
  'so is the config.json of %s',
  async (name) => {
    const { text, json, config } = configOf(name);
    const checkpoint = await open(name);
    expect(configFile(config, checkpoint, kindOf(json))).toBe(text);
    await checkpoint.close();
  },
);

test.each(MODELS)('the configuration of %s is read back as it was written', (name) => {
  const { config } = configOf(name);
  expect(Dinov2Config.fromJSON(JSON.parse(JSON.stringify(config)))).toEqual(config);
});

test.each(['float16', 'bfloat16'] as const)('weights are cast to %s as PyTorch casts them', async (name) => {
  const source = await open('plain-mlp');
  const target = join(folder, `cast-${name}`);
  const cast = castView(source, name === 'float16' ? 'F16' : 'BF16');
  await writeFolder(cast, { 'config.json': configFile(configOf('plain-mlp').config, cast) }, target);
  await source.close();
  expect(contents(target)).toEqual(contents(modelFolder(name)));
});

const WRITTEN = join(FIXTURES, 'written');

test.each(readdirSync(WRITTEN).filter((name) => name.startsWith('config')))('%s is written back', (name) => {
  const text = readFileSync(join(WRITTEN, name), 'utf8');
  const json: Record<string, unknown> = JSON.parse(text);
  expect(configFile(Dinov2Config.fromJSON(json), { tensors: new Map() }, kindOf(json))).toBe(text);
});

test.each(readdirSync(WRITTEN).filter((name) => name.startsWith('preprocessor')))(
  '%s is written back',
  (name) => {
    const text = readFileSync(join(WRITTEN, name), 'utf8');
    const config = parseProcessorConfig(JSON.parse(text), name);
    const processor = new BitImageProcessor(config);
    expect(processorFile(processor)).toBe(text);
    expect(parseProcessorConfig(JSON.parse(JSON.stringify(processor)), name)).toEqual(config);
  },
);

test('tensors of every dtype and with odd names are written in the order of safetensors', async () => {
  const bytes = readFileSync(join(WRITTEN, 'mixed.safetensors'));
  const checkpoint = await openSafetensors(memorySource(new Uint8Array(bytes)), 'mixed.safetensors');
  const target = join(folder, 'mixed.safetensors');
  await writeFolder(checkpoint, {}, target);
  expect(readFileSync(target, 'hex')).toBe(bytes.toString('hex'));
});

test.each(['F16', 'BF16'] as const)(
  'values that are hard to round are rounded to %s as PyTorch does',
  async (dtype) => {
    const bytes = readFileSync(join(WRITTEN, 'hard-values.safetensors'));
    const checkpoint = await openSafetensors(memorySource(new Uint8Array(bytes)), 'hard-values.safetensors');
    for (const source of ['F64', 'F32', 'F16', 'BF16']) {
      const expected = await checkpoint.read(`${source}.${dtype}`);
      expect(await castView(checkpoint, dtype).read(source)).toEqual(expected);
    }
  },
);
