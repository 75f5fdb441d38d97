import { zeros } from '@tensorflow/tfjs-core';
import { Dinov2Config } from '../configuration/dinov2-config.ts';
import { Dinov2Model } from './dinov2-model.ts';

const config = new Dinov2Config({
  hiddenSize: 32,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  imageSize: 56,
  numRegisterTokens: 3,
});

test('a model built in code runs at any size and frees what it made', async () => {
  using model = await Dinov2Model.fromConfig(config, { seed: 1 });
  const pixels = zeros<import('@tensorflow/tfjs-core').Rank.R4>([2, 3, 70, 45]);
  using output = model.forward(pixels, { outputHiddenStates: true, outputAttentions: true });
  pixels.dispose();
  expect(output.lastHiddenState.shape).toEqual([2, 1 + 3 + 5 * 3, 32]);
  expect(output.hiddenStates).toHaveLength(3);
  expect(output.attentions?.map((a) => a.shape)).toEqual([
    [2, 4, 19, 19],
    [2, 4, 19, 19],
  ]);
  expect(output.warnings.join()).toContain('3 columns');
});
