import type { Tensor } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { RandomWeights } from './random-weights.ts';

const weights = new RandomWeights({ initializerRange: 1.5, layerscaleValue: 0.25 }, 7);

beforeAll(() => setDevice('cpu'));

async function firstValues(reading: Promise<Tensor>): Promise<number[]> {
  const made = await reading;
  const values = [...made.dataSync()].slice(0, 3);
  made.dispose();
  return values;
}

test('a seed gives the values it always gave', async () => {
  const qkv = weights.scope('blocks.0').scope('attn.qkv');
  expect(await firstValues(weights.read('cls_token', [1, 1, 4]))).toEqual([
    0.27330631017684937, -0.6459107398986816, 1.3712972402572632,
  ]);
  expect(await firstValues(qkv.readLinear('weight', [12, 4]))).toEqual([
    0.48389819264411926, -1.4572651386260986, -0.4001387357711792,
  ]);
  expect(await firstValues(qkv.read('bias', [12]))).toEqual([0, 0, 0]);
  expect(await firstValues(weights.scope('blocks.0.ls1').read('gamma', [4]))).toEqual([0.25, 0.25, 0.25]);
});

test('a name without a rule is refused', async () => {
  await expect(weights.scope('blocks.0').read('running_mean', [4])).rejects.toThrow(
    'internal: no rule says how blocks.0.running_mean starts',
  );
});
