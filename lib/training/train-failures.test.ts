import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setDevice } from '../../backends/devices.ts';
import { currentSimd } from '../../backends/simd/testing/current-simd.ts';
import { OptionError, SourceError, TrainingError } from '../../errors/errors.ts';
import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { Dinov2Model } from '../families/dinov2/dinov2-model.ts';
import { pretrainedFiles } from '../saving/save-pretrained.ts';
import { PROCESSOR, patches, smallClassifier } from './testing/small-training.ts';
import { train } from './train.ts';
import type { TrainOptions } from './train-options.ts';

beforeAll(() => setDevice('simd'));

const OPTIONS: TrainOptions = {
  batchSize: 4,
  processor: PROCESSOR,
  learningRate: 0.05,
  onWarning: () => undefined,
};

async function headOf(model: Dinov2ForImageClassification): Promise<Float32Array | undefined> {
  return model.parameters.get('head.weight')?.data<'float32'>();
}

test('a head learns what its images tell, and the best weights remain', async () => {
  using model = await smallClassifier(1);
  const { ended, evaluations, best, trained, steps, quality } = await train(model, patches(24), {
    ...OPTIONS,
    epochs: 6,
    validation: patches(12, 5),
  });
  expect([ended, trained, steps.length]).toEqual(['finished', ['head.weight', 'head.bias'], 36]);
  expect(evaluations.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6]);
  const accuracies = evaluations.map(({ figures: { accuracy = 0 } }) => accuracy);
  expect(best?.value).toBe(Math.max(...accuracies));
  expect(best?.value).toBeGreaterThan(0.9);
  expect(quality).toMatchObject({ accuracy: best?.value, confusion: expect.anything() });
  expect(best?.step).toBe(6 * (1 + accuracies.indexOf(best?.value ?? 0)));
});

test('training ends early where nothing gets better', async () => {
  using model = await smallClassifier(1);
  const { ended, evaluations } = await train(model, patches(8), {
    ...{ ...OPTIONS, learningRate: 0, epochs: 9, patience: 2 },
    validation: patches(6, 5),
  });
  expect([ended, evaluations.length]).toEqual(['early', 3]);
});

test('progress is told', async () => {
  using model = await smallClassifier(1);
  const told: number[] = [];
  await train(model, patches(8), {
    ...{ ...OPTIONS, epochs: 1 },
    onStep: ({ step, totalSteps, imagesPerSecond, secondsLeft, gradientNorm }) => {
      told.push(step, totalSteps);
      expect(imagesPerSecond).toBeGreaterThan(0);
      expect(secondsLeft).toBeGreaterThanOrEqual(0);
      expect(gradientNorm).toBeGreaterThan(0);
    },
  });
  expect(told).toEqual([1, 2, 2, 2]);
});

test('a loss that is no number ends training with the weights of the last good epoch', async () => {
  using model = await smallClassifier(1);
  const data = patches(8);
  const before = await headOf(model);
  const wrong = { ...data, items: data.items.map((item) => ({ ...item, label: -100 })) };
  await expect(train(model, wrong, { ...OPTIONS, onWarning: () => undefined })).rejects.toThrow(
    TrainingError,
  );
  expect(await headOf(model)).toEqual(before);
  await expect(
    train(model, data, { ...OPTIONS, trainable: 'all', learningRate: 1e30, clip: 0, optimiser: 'sgd' }),
  ).rejects.toThrow(
    /^train: step \d: expected a loss and gradients that are numbers, got .*; lower the learning rate \(1e\+30\), add warmup, .*; the model has the weights of step 0$/,
  );
  expect(await headOf(model)).toEqual(before);
});

test('weights after which the loss is no number are not what a training goes back to', async () => {
  const options = {
    ...OPTIONS,
    batchSize: 8,
    trainable: 'all',
    clip: 0,
    optimiser: 'sgd',
    epochs: 3,
  } as const;
  for (const more of [
    { learningRate: 1e9 },
    { learningRate: 3e38 },
    { learningRate: 1e30, validation: patches(6, 5) },
  ]) {
    using model = await smallClassifier(1);
    const before = await headOf(model);
    await expect(train(model, patches(8), { ...options, ...more })).rejects.toThrow(
      /^train: step [12]: expected .*numbers.*; lower the learning rate .*; the model has the weights of step 0$/,
    );
    expect(await headOf(model)).toEqual(before);
  }
});

test('images to evaluate on may have their classes in another order', async () => {
  const accuracies: unknown[] = [];
  const images = patches(9, 5);
  for (const classes of [images.classes, ['blue', 'red', 'green']]) {
    using model = await smallClassifier(1);
    const items = images.items.map((item) => ({
      ...item,
      label: classes.indexOf(images.classes[Number(item.label)] ?? ''),
    }));
    const validation = { ...images, classes, items };
    const { evaluations } = await train(model, patches(12), { ...OPTIONS, validation });
    accuracies.push(evaluations.map(({ figures }) => figures));
  }
  expect(accuracies[1]).toEqual(accuracies[0]);
});

test('batches larger than the data are what there is', async () => {
  using model = await smallClassifier(1);
  const { steps } = await train(model, patches(5), { ...OPTIONS, batchSize: 64, accumulate: 4, epochs: 2 });
  expect(steps).toHaveLength(2);
});

test('a class of one image is learnt from, and told of', async () => {
  using model = await smallClassifier(1);
  const data = patches(12);
  const warnings: string[] = [];
  const few = { ...data, items: data.items.filter(({ label }, i) => label !== 2 || i === 2) };
  const onWarning = (message: string): number => warnings.push(message);
  await train(model, few, { ...OPTIONS, maxSteps: 1, onWarning });
  expect(warnings).toEqual(['train: the class blue has one image to learn from; give more']);
});

test('classes may be labels of the model in another order', async () => {
  const losses: number[] = [];
  for (const [classes, order] of [
    [
      ['red', 'green', 'blue'],
      [0, 1, 2],
    ],
    [
      ['blue', 'red', 'green'],
      [1, 2, 0],
    ],
  ] as const) {
    using base = await smallClassifier(1);
    const files = await pretrainedFiles(base, { processor: PROCESSOR });
    using model = await Dinov2ForImageClassification.fromPretrained(files, {
      labels: ['red', 'green', 'blue'],
    });
    const items = patches(8).items.map((item) => ({ ...item, label: order[Number(item.label)] ?? 0 }));
    const { steps } = await train(model, { ...single, classes, items }, { ...OPTIONS, maxSteps: 2 });
    losses.push(steps[1]?.loss ?? 0);
  }
  expect(losses[1]).toBe(losses[0]);
});

test('weights that were trained are packed again for inference', async () => {
  using model = await smallClassifier(1);
  await train(model, patches(8), { ...OPTIONS, trainable: 'last 1', maxSteps: 2 });
  for (const name of ['blocks.0.attn.qkv.weight', 'blocks.1.attn.qkv.weight', 'head.weight']) {
    const dataId = model.parameters.get(name)?.dataId ?? {};
    expect([name, currentSimd().bytesOfWeight(dataId)]).toEqual([name, expect.any(Number)]);
  }
});

const single = { problemType: 'single_label_classification' as const, classes: ['red', 'green', 'blue'] };

test.each<[string, Parameters<typeof train>[1], TrainOptions, RegExp]>([
  ['no images', { ...patches(0) }, {}, /^train: expected images, got none/],
  [
    'a class that the model lacks',
    { ...patches(4), classes: ['a', 'b', 'c', 'd'] },
    {},
    /expected the classes a, b, c, d among the 3 labels of the model, got LABEL_0, LABEL_1, LABEL_2; give it a new head/,
  ],
  [
    'a label that is no class',
    { ...single, items: patches(4).items.map((item) => ({ ...item, label: 3 })) },
    {},
    /image 0: expected a label from 0 to 2, or -100 for none, got 3/,
  ],
  [
    'labels of several classes for one',
    { ...single, items: patches(4).items.map((item) => ({ ...item, label: [1, 0, 0] })) },
    {},
    /expected a label from 0 to 2, or -100 for none, got \[1,0,0\]/,
  ],
  [
    'too few values',
    { ...patches(4), problemType: 'regression' },
    {},
    /expected 3 numbers as label, one for each class, got 0/,
  ],
  [
    'other classes to evaluate on',
    patches(4),
    { validation: { ...patches(4), classes: ['a', 'b', 'c'] } },
    /among the 3 labels/,
  ],
  [
    'other labels to evaluate on',
    patches(4),
    { validation: { items: patches(2).items, classes: ['value'], problemType: 'regression' } },
    /^train: validation: expected images for single_label_classification, got images for regression/,
  ],
  ...[null, '1', true, [1], 0.5, -1, Number.NaN].map(
    (label): [string, Parameters<typeof train>[1], TrainOptions, RegExp] => [
      `the label ${JSON.stringify(label)}`,
      { ...patches(4), items: patches(4).items.map((item) => ({ ...item, label: label as number })) },
      {},
      /image 0: expected a label from 0 to 2/,
    ],
  ),
  ...[null, [], 'images', { ...patches(2), items: [null] }, { items: [], classes: [] }].map(
    (data): [string, Parameters<typeof train>[1], TrainOptions, RegExp] => [
      `${JSON.stringify(data)?.slice(0, 20)} for a dataset`,
      data as unknown as Parameters<typeof train>[1],
      {},
      /^train: expected a dataset/,
    ],
  ),
  ...Object.entries({
    ...{
      trainable: 3,
      processor: {},
      validation: 3,
      signal: {},
      onStep: 3,
      onEvaluation: 3,
      onWarning: 3,
      lora: { r: 2 },
    },
  }).map(([name, given]): [string, Parameters<typeof train>[1], TrainOptions, RegExp] => [
    `${JSON.stringify(given)} as ${name}`,
    patches(4),
    { [name]: given },
    new RegExp(`${name}.*got`),
  ]),
  ['patience without evaluation', patches(4), { patience: 2 }, /patience needs images to evaluate on/],
  ['an unknown part', patches(4), { trainable: ['neck'] }, /got "neck", which none has/],
  ['an unknown option', patches(4), { learningrate: 1 } as TrainOptions, /write learningRate|learningRate/],
  [
    'smoothing of several labels',
    {
      ...patches(4),
      problemType: 'multi_label_classification',
      items: patches(4).items.map((item) => ({ ...item, label: [1, 0, 0] })),
    },
    { labelSmoothing: 0.1 },
    /labelSmoothing is for single labels/,
  ],
])('refuses %s', async (_, data, options, message) => {
  using model = await smallClassifier(1);
  await expect(train(model, data, { ...OPTIONS, ...options })).rejects.toThrow(message);
});

test('refuses what is no classifier, or has one label', async () => {
  const gone = await smallClassifier(1);
  gone.dispose();
  await expect(train(gone, patches(4), OPTIONS)).rejects.toThrow(/got one after dispose/);
  using model = await Dinov2Model.fromConfig(gone.config, { seed: 1 });
  for (const [given, got] of [
    [model, 'a Dinov2Model'],
    [undefined, 'undefined'],
  ] as const) {
    const classifier = given as unknown as Dinov2ForImageClassification;
    await expect(train(classifier, patches(4), OPTIONS)).rejects.toThrow(
      `Dinov2ForImageClassification, got ${got}`,
    );
  }
  using single = await Dinov2ForImageClassification.fromConfig(gone.config.with({ numLabels: 1 }), {
    seed: 1,
  });
  const data = { ...patches(1), classes: ['red'] };
  await expect(train(single, data, OPTIONS)).rejects.toThrow(/at least two labels .*, got 1/);
});

test('an output that can not be written is told before anything is computed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'training-'));
  try {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    using model = await smallClassifier(1);
    await expect(train(model, patches(4), { ...OPTIONS, output: join(file, 'out') })).rejects.toThrow(
      SourceError,
    );
    await expect(train(model, patches(4), { ...OPTIONS, output: 3 as unknown as string })).rejects.toThrow(
      OptionError,
    );
    expect(readdirSync(folder)).toEqual(['file']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
