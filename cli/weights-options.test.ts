/** Options that say which tensors of a file are the weights. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { memorySource } from '../sources/byte-source.ts';
import { openSafetensors } from '../weights/safetensors/open-safetensors.ts';
import { fileOf, tensorsOf } from '../weights/testing/checkpoints.ts';
import { call, dict, global, integer, type Pickle, tensor } from '../weights/testing/pickle-assembler.ts';
import { torchZip } from '../weights/testing/torch-file.ts';
import { float32ToWrite } from '../weights/write/encode-safetensors.ts';
import { dinov2, folder, MODEL, REFERENCE } from './testing/command.ts';

/** A model of somebody's own: the digits' behind a prefix, and a decoder. */
beforeAll(async () => {
  const bytes = new Uint8Array(readFileSync(`${MODEL}/model.safetensors`));
  const model = await tensorsOf(await openSafetensors(memorySource(bytes), 'digits'));
  const renamed = model.map((each) => ({ ...each, name: `net.${each.name.replace('dinov2.', '')}` }));
  cpSync(MODEL, `${folder}/own`, { recursive: true });
  const decoder = float32ToWrite('decoder.weight', [1], Float32Array.of(1));
  writeFileSync(`${folder}/own/model.safetensors`, fileOf([...renamed, decoder]));
});

test('verify leaves out tensors that it is told to, and lists them', () => {
  const refused = dinov2('verify', '-m', 'own', '-r', REFERENCE);
  expect(refused.status).toBe(1);
  expect(refused.err).toMatch(/got 1 unexpected: decoder\.weight .*\(--ignore 'decoder\.\*'\)$/m);
  for (const options of [
    ['--ignore', 'decoder.*'],
    ['--ignore', 'head', '*'],
    ['--prefix', 'net'],
  ]) {
    const { status, err } = dinov2('verify', '-m', 'own', '-r', REFERENCE, ...options);
    expect({ status, err }).toEqual({
      status: 0,
      err: 'dinov2: own/model.safetensors: left out, as asked for: decoder.weight\n',
    });
  }
});

test('inspect lists what a file has beside the weights', () => {
  const own = (name: string): Pickle => call(global('models', name));
  const saved = dict({
    state_dict: dict({ 'vit.cls_token': tensor({ shape: [1, 1, 4], strides: [4, 4, 1] }) }),
    state_dict_ema: dict({
      'vit.cls_token': tensor({ shape: [1, 1, 4], strides: [4, 4, 1] }),
      'fc.weight': tensor(),
    }),
    notes: dict({ 0: own('Net'), 1: own('Net'), 2: integer(1) }),
  });
  writeFileSync(`${folder}/x.pth`, torchZip(saved));
  const { out, err } = dinov2('inspect', 'x.pth');
  expect(out).toMatch(/^containers +state_dict, state_dict_ema$/m);
  expect(out).toMatch(/^prefix +vit\.$/m);
  expect(out).toMatch(/^unknown +fc\.weight$/m);
  expect(out).toMatch(/^passed over +models\.Net \(2\)$/m);
  expect(err).toMatch(/^dinov2: x\.pth: the weights are those of state_dict_ema, their moving average/m);
  const json = JSON.parse(dinov2('inspect', 'x.pth', '--json', '--weights-key', 'state_dict').out);
  expect(json).toMatchObject({
    unexpected: [],
    prefix: 'vit.',
    passedOver: { 'models.Net': 2 },
    warnings: [],
  });
  const ignoring = JSON.parse(dinov2('inspect', 'x.pth', '--json', '--ignore', 'fc.*').out);
  expect(ignoring).toMatchObject({ unexpected: [], ignored: ['fc.weight'] });
});
