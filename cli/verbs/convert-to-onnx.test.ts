/** `dinov2 convert` with an ONNX model as its target. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dinov2, folder, MODEL } from '../testing/command.ts';

const MODELS = fileURLToPath(new URL('../../conformance/fixtures/models/', import.meta.url));

test('a target that ends in .onnx becomes an ONNX model', () => {
  const { status, out, err } = dinov2('convert', MODEL, 'digits.onnx');
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(out).toMatch(/^model +Dinov2ForImageClassification, images of 32×32$/m);
  expect(out).toMatch(/^inputs +pixel_values \[B, 3, 32, 32\]$/m);
  expect(out).toMatch(/^outputs +logits \[B, 10\]$/m);
  expect(out).toMatch(/^nodes +\d+; \d\.\d+ GFLOP for an image$/m);
  expect(out).toMatch(/^weights +\d\.\d MB$/m);
  expect(out).toMatch(/^files +digits\.onnx$/m);
  expect(out).toMatch(/^wrote digits\.onnx$/m);
  expect(readFileSync(`${folder}/digits.onnx`, 'latin1')).toContain('pixel_values');

  const again = dinov2('convert', MODEL, 'digits.onnx');
  expect(again.status).toBe(1);
  expect(again.err).toMatch(/^dinov2: digits\.onnx: expected nothing of this name/);
  expect(dinov2('convert', MODEL, 'digits.onnx', '--overwrite').status).toBe(0);
});

test('--to onnx makes a folder, for both dtypes', () => {
  expect(dinov2('convert', MODEL, 'web', '--to', 'onnx').status).toBe(0);
  expect(dinov2('convert', MODEL, 'web', '--to', 'onnx', '--dtype', 'f16').status).toBe(0);
  expect(readdirSync(`${folder}/web`).sort()).toEqual(['config.json', 'onnx', 'preprocessor_config.json']);
  const [whole, half] = ['model.onnx', 'model_fp16.onnx'].map(
    (name) => statSync(`${folder}/web/onnx/${name}`).size,
  );
  expect(half).toBeLessThan(0.6 * (whole ?? 0));
});

test('every option of the model reaches it', () => {
  const { status, out } = dinov2(
    ...['convert', `${MODELS}plain-mlp`, 'all.onnx', '--json', '--architecture', 'Dinov2Model'],
    ...['--image-size', '28x44', '--batch-size', '2', '--input', 'uint8', '--target', 'ort'],
    ...['--hidden-states', '--attentions', '--external-data'],
  );
  expect(status).toBe(0);
  const done = JSON.parse(out);
  expect(done).toMatchObject({
    target: 'all.onnx',
    architecture: 'Dinov2Model',
    imageSize: [28, 44],
    inputs: ['pixels [2, 28, 44, 3]'],
    files: ['all.onnx', 'all.onnx_data'],
    warnings: [expect.stringContaining('no preprocessor_config.json')],
  });
  const names: string[] = done.outputs.map((text: string) => text.split(' ')[0]);
  expect(names).toEqual(expect.arrayContaining(['last_hidden_state', 'hidden_states.0', 'attentions.0']));
});

test("operators of ONNX Runtime's own are used where they are asked for", () => {
  dinov2('convert', `${MODELS}plain-mlp`, 'standard.onnx', '--image-size', '28');
  expect(readFileSync(`${folder}/standard.onnx`, 'latin1')).not.toContain('com.microsoft');
  dinov2('convert', `${MODELS}plain-mlp`, 'own.onnx', '--image-size', '28', '--target', 'ort');
  expect(readFileSync(`${folder}/own.onnx`, 'latin1')).toContain('com.microsoft');
});

test('some outputs alone', () => {
  const words = ['--outputs', 'pooler_output, hidden_states.1', '--image-size', '28', '--json'];
  const { out } = dinov2('convert', `${MODELS}plain-mlp`, 'some.onnx', ...words);
  expect(JSON.parse(out).outputs.map((text: string) => text.split(' ')[0])).toEqual([
    'pooler_output',
    'hidden_states.1',
  ]);
});

test('weights alone ask for what can not be inferred', () => {
  dinov2('convert', MODEL, 'weights.safetensors');
  const asked = dinov2('convert', 'weights.safetensors', 'asked.onnx');
  expect(asked.status).toBe(1);
  expect(asked.err).toMatch(/numAttentionHeads/);
  const words = ['--num-attention-heads', '3', '--image-size', '32'];
  const given = dinov2('convert', 'weights.safetensors', 'asked.onnx', ...words);
  expect(given.status).toBe(0);
  expect(given.out).toMatch(/^note +the source has no preprocessor_config\.json/m);
});

test.each<[string[], number, RegExp]>([
  [['refused.onnx', '--max-shard-size', '5GB'], 2, /--max-shard-size: expected no such option for ONNX/],
  [['refused.onnx', '--dry-run'], 2, /--dry-run: expected no such option for ONNX/],
  [['refused.onnx', '--to', 'timm'], 2, /--to: expected onnx for a target that ends in \.onnx, got timm/],
  [['refused.onnx', '--dtype', 'bf16'], 2, /--dtype: expected f32 or f16 or i8 for ONNX, got bf16/],
  [['refused.onnx', '--outputs', 'embedding'], 2, /expected outputs among logits, got "embedding"/],
  [['refused.onnx', '--outputs', 'a,,b'], 2, /expected names with commas between/],
  [['refused.onnx', '--image-size', '224px'], 2, /expected pixels, as in 224 or 448x336/],
  [['refused.onnx', '--image-size', '0'], 2, /expected a positive integer/],
  [['refused.onnx', '--batch-size', '0'], 2, /expected a positive integer/],
  [['refused.onnx', '--architecture', 'ViT'], 2, /Allowed choices are Dinov2Model/],
  [['refused.onnx', '--input', 'int8'], 2, /Allowed choices are float32, uint8/],
  [['refused.onnx', '--target', 'trt'], 2, /Allowed choices are standard, ort/],
  [['refused.onnx', '--labels', 'nowhere.txt'], 1, /nowhere\.txt/],
  [['refused.safetensors', '--to', 'onnx'], 2, /expected the name of a folder or an \.onnx file/],
  [['refused', '--outputs', 'logits'], 2, /--outputs: expected no such option but for ONNX: a target/],
  [['refused', '--external-data'], 2, /--external-data: expected no such option but for ONNX/],
  [['refused', '--batch-size', '2'], 2, /--batch-size: expected no such option but for ONNX/],
])('refuses %j', (words, status, message) => {
  const result = dinov2('convert', MODEL, ...words);
  expect(result.err).toMatch(message);
  expect(result.status).toBe(status);
  expect(existsSync(`${folder}/${words[0]}`)).toBe(false);
});

test('the help names the options of ONNX', () => {
  const { out } = dinov2('convert', '--help');
  for (const option of ['--architecture', '--outputs', '--batch-size', '--input', '--target', 'model.onnx']) {
    expect(out).toContain(option);
  }
});

test('outputs are named in one way', () => {
  const { status, err } = dinov2('convert', MODEL, 'names.onnx', '--outputs', 'logits', '--attentions');
  expect(err).toMatch(/^dinov2: --outputs: expected all names in one list, got --hidden-states or/);
  expect(status).toBe(2);
});
