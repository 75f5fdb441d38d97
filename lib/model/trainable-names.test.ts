import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { SMALL, withSmallModel } from '../testing/small-model.ts';

async function withClassifier(run: (model: Dinov2ForImageClassification) => void): Promise<void> {
  using model = await Dinov2ForImageClassification.fromConfig(SMALL.with({ numLabels: 3 }));
  run(model);
}

test('at first all parameters are trained, and then those that are named', () =>
  withClassifier((model) => {
    const all = [...model.parameters.keys()];
    expect(model.trainableNames).toEqual(all);
    expect(model.trainable('head')).toEqual(['head.weight', 'head.bias']);
    expect(model.trainable('last 1')).toEqual(all.filter((name) => /^(blocks\.1|norm|head)\./.test(name)));
    expect(model.trainable(['blocks.0.norm1', 'pos_embed'])).toEqual([
      'pos_embed',
      'blocks.0.norm1.weight',
      'blocks.0.norm1.bias',
    ]);
    expect(model.trainable('none')).toEqual([]);
    expect(model.trainable('all')).toEqual(all);
  }));

test.each([
  ['last 3', "expected 'all', 'none', 'head', 'last 1' to 'last 2' or names, got \"last 3\""],
  ['last 0', "'last 1' to 'last 2' or names, got \"last 0\""],
  ['heads', 'got "heads"'],
  [
    ['blocks.1', 'blocks.2'],
    'expected names of parameters or their beginnings, got "blocks.2", which none has',
  ],
])('%j is refused', (parts, message) =>
  withClassifier((model) => {
    expect(() => model.trainable(parts as 'all')).toThrow(message);
    expect(model.trainableNames).toHaveLength(model.parameters.size);
  }),
);

test('a model without a head has none to train', () =>
  withSmallModel((model) => {
    expect(() => model.trainable('head')).toThrow("expected 'all', 'none', 'last 1'");
  }));

test('weights that are rounded are not trained', async () => {
  using model = await Dinov2ForImageClassification.fromConfig(SMALL.with({ numLabels: 3 }), {
    precision: 'i8',
  });
  expect(model.trainableNames).not.toContain('blocks.0.attn.qkv.weight');
  expect(model.trainableNames).toContain('blocks.0.attn.qkv.bias');
  expect(() => model.trainable('all')).toThrow(
    "expected weights in float32, got blocks.0.attn.qkv.weight in i8; load the model with precision: 'f32', or train its head",
  );
});
