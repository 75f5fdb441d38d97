import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dinov2, folder, MODEL } from '../testing/command.ts';

const MODELS = fileURLToPath(new URL('../../conformance/fixtures/models/', import.meta.url));

test('convert goes from one system to another and back', () => {
  const there = dinov2('convert', MODEL, 'there', '--to', 'original');
  expect(there).toMatchObject({ status: 0, err: '' });
  expect(there.out).toMatch(/^names +transformers \(files\) → facebookresearch\/dinov2$/m);
  expect(there.out).toMatch(/^wrote there$/m);
  expect(dinov2('convert', 'there', 'back').status).toBe(0);
  const weights = readFileSync(`${folder}/back/model.safetensors`);
  expect(weights.equals(readFileSync(`${MODEL}/model.safetensors`))).toBe(true);
  expect(dinov2('compare', 'there', MODEL).status).toBe(0);
});

test('int8 weights are written, told of, compared, and read by what computes', () => {
  const { out } = dinov2('convert', MODEL, 'int8', '--dtype', 'i8');
  expect(out).toMatch(/^tensors +105 \(81 F32, 24 I8\), 0\.5 MB$/m);
  const inspected = dinov2('inspect', 'int8').out;
  expect(inspected).toMatch(/^parameters +461,386$/m);
  expect(inspected).toMatch(/^precision +i8: a quantised file/m);
  expect(inspected).toMatch(/^memory .*: weights in int8 and/m);
  expect(dinov2('compare', 'int8', MODEL).status).toBe(1);
  const compared = dinov2('compare', 'int8', MODEL, '--atol', '0.01');
  expect(compared.status).toBe(0);
  expect(compared.out).toMatch(/^pass +blocks\.0\.mlp\.fc1\.weight +close +I8 \[\d+, \d+\] +F32/m);
  expect(dinov2('convert', 'int8', 'int8.onnx')).toMatchObject({ status: 0, err: '' });
});

test('convert says what is lost', () => {
  const { out } = dinov2('convert', `${MODELS}registers-mlp`, 'timm', '--to', 'timm');
  expect(out).toMatch(/^lost +pos_embed\[:, 0\]: timm has the position of CLS inside cls_token/m);
  expect(out).toMatch(/^lost +mask_token: timm has no mask token$/m);
});

test('a dry run writes nothing', () => {
  const { out } = dinov2('convert', MODEL, 'dry', '--dtype', 'f16', '--dry-run');
  expect(out).toMatch(/^would write dry$/m);
  expect(out).toMatch(/^tensors +81 \(81 F16\), 0\.9 MB$/m);
  expect(existsSync(`${folder}/dry`)).toBe(false);
});

test('convert asks for what can not be inferred, by the name of its option', () => {
  dinov2('convert', MODEL, 'weights.safetensors', '--to', 'original');
  const asked = dinov2('convert', 'weights.safetensors', 'out');
  expect(asked.status).toBe(1);
  expect(asked.err).toMatch(/numAttentionHeads/);
  const given = dinov2('convert', 'weights.safetensors', 'out', '--num-attention-heads', '3', '--json');
  expect(JSON.parse(given.out)).toMatchObject({ from: 'original', to: 'hf', configInferred: true });
  expect(readdirSync(`${folder}/out`).sort()).toEqual([
    'config.json',
    'model.safetensors',
    'preprocessor_config.json',
  ]);
});

test.each([
  [['--to', 'keras'], 2],
  [['--dtype', 'f8'], 2],
  [['--max-shard-size', 'huge'], 2],
  [['--config', 'nowhere.json'], 1],
  [['--labels', 'nowhere.txt'], 1],
])('convert refuses %j', (words, status) => {
  const result = dinov2('convert', MODEL, 'refused', ...words);
  expect(result.status).toBe(status);
  expect(result.err).not.toBe('');
  expect(existsSync(`${folder}/refused`)).toBe(false);
});
