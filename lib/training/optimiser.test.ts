import { readFileSync } from 'node:fs';
import { ones, type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { memorySource } from '../../sources/byte-source.ts';
import { missesOf } from '../../testing/close.ts';
import { openSafetensors } from '../../weights/safetensors/open-safetensors.ts';
import { widen } from '../../weights/widen.ts';
import { AdamW } from './adamw.ts';
import type { Optimiser } from './optimiser.ts';
import { isDecayed, layerRate } from './parameter-groups.ts';
import { SGD } from './sgd.ts';

const FOLDER = new URL('../../conformance/fixtures/training/', import.meta.url).pathname;
const SIZE = 1000;

async function torchSteps(): Promise<(name: string) => Promise<Float32Array>> {
  const bytes = new Uint8Array(readFileSync(`${FOLDER}steps.safetensors`));
  const file = await openSafetensors(memorySource(bytes), 'steps');
  return async (name) => widen(await file.read(name), 'F32');
}

const OPTIMISERS: Record<string, [make: (parameters: Map<string, Tensor>) => Optimiser, rate: number]> = {
  adamw: [(parameters) => new AdamW(parameters, { weightDecay: 0.1 }), 0.01],
  'adamw-plain': [(parameters) => new AdamW(parameters, { beta1: 0.8, beta2: 0.95, epsilon: 1e-5 }), 0.01],
  sgd: [(parameters) => new SGD(parameters, { weightDecay: 0.1 }), 0.01],
  'sgd-plain': [(parameters) => new SGD(parameters, { momentum: 0 }), 0.01],
};

describe.each(['cpu', 'simd'] as const)('on %s', (device) => {
  beforeAll(() => setDevice(device));

  test.each(Object.entries(OPTIMISERS))('%s steps as torch does', async (name, [make, rate]) => {
    const read = await torchSteps();
    const [start, gradients, expected] = [await read('start'), await read('gradients'), await read(name)];
    const parameter = tensor1d(start);
    const optimiser = make(new Map([['w', parameter]]));
    for (let step = 0; step < 4; step++) {
      const rows = [step * SIZE, (step + 1) * SIZE] as const;
      const gradient = tensor1d(gradients.slice(...rows));
      optimiser.step(new Map([['w', gradient]]), rate);
      gradient.dispose();
      // torch's vectors round a product and a sum once, where we round twice
      expect(missesOf(parameter.dataSync(), expected.slice(...rows), 2.4e-7)).toEqual([]);
    }
    optimiser.dispose();
    parameter.dispose();
  });

  test('an optimiser goes on where another one was, to the bit', async () => {
    const run = async (interrupted: boolean): Promise<Float32Array> => {
      const parameter = tensor1d(Float32Array.from({ length: 20 }, (_, i) => Math.sin(i)));
      const parameters = new Map<string, Tensor>([['w', parameter]]);
      let optimiser = new AdamW(parameters, { weightDecay: 0.1 });
      for (let step = 0; step < 4; step++) {
        if (interrupted && step === 2) {
          const next = new AdamW(parameters, { weightDecay: 0.1 });
          next.load(await optimiser.state());
          optimiser.dispose();
          optimiser = next;
        }
        const gradient = tensor1d(Float32Array.from({ length: 20 }, (_, i) => Math.cos(i * step)));
        optimiser.step(new Map([['w', gradient]]), 0.1);
        gradient.dispose();
      }
      optimiser.dispose();
      const values = await parameter.data<'float32'>();
      parameter.dispose();
      return values;
    };
    expect(await run(true)).toEqual(await run(false));
  });
});

test('a parameter without a gradient stays, and is not decayed', () => {
  const parameters = new Map<string, Tensor>([
    ['a', ones([2])],
    ['b', ones([2])],
  ]);
  const optimiser = new AdamW(parameters, { weightDecay: 0.5 });
  const gradient = ones([2]);
  optimiser.step(new Map([['a', gradient]]), 0.1);
  expect([...(parameters.get('b')?.dataSync() ?? [])]).toEqual([1, 1]);
  expect(parameters.get('a')?.dataSync()[0]).toBeCloseTo(0.85);
  expect(() => optimiser.step(new Map([['c', gradient]]), 0.1)).toThrow(
    'optimiser: expected the gradient of a parameter, got one called c',
  );
  gradient.dispose();
  optimiser.dispose();
  for (const each of parameters.values()) each.dispose();
});

test('the state of another model is refused', async () => {
  const [small, large] = [ones([2]), ones([3])];
  const optimiser = new AdamW(new Map([['w', small]]));
  optimiser.step(new Map([['w', small]]), 0);
  const other = new AdamW(new Map([['w', large]]));
  const state = await optimiser.state();
  expect(() => other.load(state)).toThrow('expected exp_avg.w of shape [3], got [2]');
  const otherKind = new SGD(new Map([['w', small]]));
  expect(() => otherKind.load(state)).toThrow('expected momentum_buffer.w of shape [2], got none');
  for (const each of [optimiser, other, otherKind, small, large]) each.dispose();
});

test('biases and norms are not decayed', () => {
  const kept = [
    'blocks.3.norm1.weight',
    'blocks.3.norm2.bias',
    'norm.weight',
    'head.bias',
    'blocks.0.attn.qkv.bias',
  ];
  expect(kept.filter(isDecayed)).toEqual([]);
  const decayed = [
    'blocks.0.ls1.gamma',
    'cls_token',
    'pos_embed',
    'register_tokens',
    'mask_token',
    'head.weight',
  ];
  expect(decayed.filter(isDecayed)).toEqual(decayed);
});

test('rates fall from the head to the embeddings', () => {
  const names = [
    'head.weight',
    'norm.bias',
    'blocks.2.mlp.fc1.weight',
    'blocks.0.ls1.gamma',
    'lora.blocks.0.attn.q_proj.A',
    'patch_embed.proj.bias',
    'cls_token',
    'mask_token',
    'pos_embed',
    'register_tokens',
  ];
  const embeddings = new Array<number>(5).fill(0.0625);
  expect(names.map((name) => layerRate(name, 3, 0.5))).toEqual([1, 1, 0.5, 0.125, 0.125, ...embeddings]);
});
