/** What a visitor of the attention sees, whose it is, and that nothing changes by it. */
import { dispose, engine, keep, square, type Tensor, type Tensor4D, tensor1d } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import type { AttentionVisitor } from '../../layers/attention-visitor.ts';
import { Dinov2Backbone } from '../families/dinov2/dinov2-backbone.ts';
import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { Dinov2Model } from '../families/dinov2/dinov2-model.ts';
import { valueAndGradients } from '../gradients/value-and-gradients.ts';
import { SMALL, waves, withSmallModel } from '../testing/small-model.ts';

const PIXELS = waves([2, 3, 16, 20]);
/** B, A, T with CLS and three registers, K */
const SHAPE = [2, 2, 1 + 3 + 20, 8];

describe.each(['cpu', 'simd'] as const)('on %s', (device) => {
  beforeAll(() => setDevice(device));

  test.each([
    ['Dinov2Model', () => Dinov2Model.fromConfig(SMALL, { seed: 1 })],
    ['Dinov2Backbone', () => Dinov2Backbone.fromConfig(SMALL.with({ outFeatures: ['stage1'] }), { seed: 1 })],
    [
      'Dinov2ForImageClassification',
      () => Dinov2ForImageClassification.fromConfig(SMALL.with({ numLabels: 3 }), { seed: 1 }),
    ],
  ])('%s shows its layers in their order, and gives what it gives without a visitor', async (_, load) => {
    using model = await load();
    const seen: [number, ...(readonly number[])[]][] = [];
    const attentionVisitor: AttentionVisitor = {
      layers: [-1, 0],
      visit: (layer, { query, key, value }) => seen.push([layer, query.shape, key.shape, value.shape]),
    };
    using visited = model.forward(PIXELS, { attentionVisitor });
    using plain = model.forward(PIXELS);
    expect(seen).toEqual([0, 1].map((layer) => [layer, SHAPE, SHAPE, SHAPE]));
    const values = (tensors: readonly Tensor[]) => tensors.map((each) => each.dataSync());
    expect(values(visited.tensors)).toEqual(values(plain.tensors));
  });

  test('what is seen, and what is made of it, is gone after the visit, but for what is kept', () =>
    withSmallModel((model) => {
      const borrowed: Tensor[] = [];
      const kept: Tensor4D[] = [];
      const alive: number[] = [];
      const attentionVisitor: AttentionVisitor = {
        layers: [0, 1],
        visit(_layer, { query, key, value }) {
          alive.push(borrowed.filter((each) => !each.isDisposed).length);
          borrowed.push(query, key, value, square(query));
          kept.push(keep(query.clone()));
        },
      };
      // positions of a size are made when it comes for the first time
      model.forward(PIXELS).dispose();
      const before = engine().state.numTensors;
      model.forward(PIXELS, { attentionVisitor }).dispose();
      expect(alive).toEqual([0, 0]);
      expect(borrowed.every((each) => each.isDisposed)).toBe(true);
      expect(engine().state.numTensors).toBe(before + 2);
      for (const each of kept) each.dispose();
    }));
});

test('a pass that gradients are asked for is visited once, with the loss that it has without', async () => {
  using model = await Dinov2ForImageClassification.fromConfig(SMALL.with({ numLabels: 3 }), { seed: 1 });
  const labels = tensor1d([2, 0], 'int32');
  const layers: number[] = [];
  const attentionVisitor: AttentionVisitor = { layers: [0, 1], visit: (layer) => layers.push(layer) };
  const visited = await valueAndGradients(model, PIXELS, { labels, attentionVisitor });
  const plain = await valueAndGradients(model, PIXELS, { labels });
  expect(layers).toEqual([0, 1]);
  expect(visited.loss.dataSync()).toEqual(plain.loss.dataSync());
  expect([...visited.gradients.keys()]).toEqual([...plain.gradients.keys()]);
  for (const { loss, output, gradients } of [visited, plain]) {
    dispose([loss, ...gradients.values()]);
    output.dispose();
  }
  labels.dispose();
});

test('what is no visitor is refused, and nothing leaks', () =>
  withSmallModel((model) => {
    const refused: [unknown, RegExp][] = [
      [{ layers: [2], visit() {} }, /attentionVisitor: layers must be integers from -2 to 1, got 2/],
      [{ layers: [-3], visit() {} }, /got -3/],
      [{ layers: 1, visit() {} }, /attentionVisitor must be \{ layers: \[-1\], visit/],
      [{ layers: [0] }, /attentionVisitor must be/],
      [
        { layers: [0], visit: async () => undefined },
        /visit must look at once, got a function that gives a promise/,
      ],
    ];
    for (const [attentionVisitor, message] of refused) {
      expect(() => model.forward(PIXELS, { attentionVisitor } as object)).toThrow(message);
    }
    model.forward(PIXELS, { attentionVisitor: null } as object).dispose();
  }));

test('what a visit throws ends the pass, and nothing leaks', () =>
  withSmallModel((model) => {
    const visit = () => {
      throw new Error('on purpose');
    };
    expect(() => model.forward(PIXELS, { attentionVisitor: { layers: [1], visit } })).toThrow('on purpose');
  }));
