import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setDevice } from '../../backends/devices.ts';
import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { loadLora } from './lora/load-lora.ts';
import { PROCESSOR, patches, smallClassifier } from './testing/small-training.ts';
import { train } from './train.ts';
import type { TrainOptions } from './train-options.ts';

let folder: string;
beforeAll(() => setDevice('simd'));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'training-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const OPTIONS: TrainOptions = {
  batchSize: 4,
  accumulate: 2,
  epochs: 3,
  learningRate: 0.01,
  processor: PROCESSOR,
  warmup: 2,
};

/** The weights that a training ends with. */
async function weightsAfter(options: TrainOptions, seed = 1): Promise<Record<string, Float32Array>> {
  using model = await smallClassifier(seed, options.trainable === 'all' ? 0.2 : 0);
  await train(model, patches(12), { ...OPTIONS, ...options });
  const entries = [...model.parameters].map(async ([name, tensor]) => [name, await tensor.data<'float32'>()]);
  return Object.fromEntries(await Promise.all(entries));
}

/** Stops a training after some of its steps. */
async function stopAfter(step: number, options: TrainOptions): Promise<void> {
  const stopping = new AbortController();
  const onStep: TrainOptions['onStep'] = (row) => row.step === step && stopping.abort();
  using model = await smallClassifier(1, options.trainable === 'all' ? 0.2 : 0);
  const { ended, steps } = await train(model, patches(12), {
    ...OPTIONS,
    ...options,
    onStep,
    signal: stopping.signal,
  });
  expect([ended, steps.length]).toEqual(['aborted', step]);
}

const WAYS: [string, TrainOptions][] = [
  ['the whole model, with stochastic depth', { trainable: 'all' }],
  ['the last block, of augmented images', { trainable: 'last 1', augment: true }],
  ['the head on features', { trainable: 'head', learningRate: 0.1 }],
  ['with evaluations', { trainable: 'last 1', validation: patches(6, 3), optimiser: 'sgd' }],
];

test('adapters are kept alone, resumed to the same bits, and merged in the end', async () => {
  const output = join(folder, 'out');
  const options: TrainOptions = { trainable: 'lora', lora: { r: 2, targets: 'all-linear' } };
  const whole = await weightsAfter(options);
  await stopAfter(3, { ...options, output });
  expect(readdirSync(join(output, 'checkpoint-3'))).toContain('adapter_model.safetensors');
  expect(readdirSync(join(output, 'checkpoint-3'))).not.toContain('model.safetensors');
  await expect(weightsAfter({ ...options, output, resume: true }, 2)).rejects.toThrow(/go on with base/);
  expect(await weightsAfter({ ...options, output, resume: true })).toEqual(whole);
  expect(Object.keys(whole).filter((name) => name.startsWith('lora.'))).toEqual([]);
  using untrained = await smallClassifier(1);
  const adapters = await loadLora(untrained, join(output, 'adapter'));
  await adapters.merge();
  expect(await untrained.parameters.get('blocks.0.attn.qkv.weight')?.data()).toEqual(
    whole['blocks.0.attn.qkv.weight'],
  );
});

test.each(WAYS)('stopped in the middle of an epoch and resumed, %s has the same bits', async (_, options) => {
  const output = join(folder, 'out');
  const whole = await weightsAfter(options);
  await stopAfter(3, { ...options, output });
  // other weights at the start, which must not matter
  expect(await weightsAfter({ ...options, output, resume: true }, 2)).toEqual(whole);
  const entries = readdirSync(output);
  expect(entries).toEqual(
    expect.arrayContaining(['config.json', 'model.safetensors', 'trainer_state.json', 'training.json']),
  );
  expect(entries.filter((name) => name.startsWith('checkpoint-')).length).toBeLessThanOrEqual(2);
  using saved = await Dinov2ForImageClassification.fromPretrained(output);
  const head = await saved.parameters.get('head.weight')?.data();
  expect(head).toEqual(whole['head.weight']);
});

test('a checkpoint has what transformers and a resumed run read', async () => {
  const output = join(folder, 'out');
  await stopAfter(3, { trainable: 'head', output });
  const checkpoint = join(output, 'checkpoint-3');
  expect(readdirSync(checkpoint).sort()).toEqual([
    'config.json',
    'model.safetensors',
    'optimizer.safetensors',
    'preprocessor_config.json',
    'trainer_state.json',
    'training.json',
  ]);
  const state = JSON.parse(readFileSync(join(checkpoint, 'trainer_state.json'), 'utf8'));
  expect(state).toMatchObject({ global_step: 3, max_steps: 6, num_train_epochs: 3, best_metric: null });
  expect(state.log_history).toHaveLength(3);
  expect(Object.keys(state.log_history[2]).sort()).toEqual([
    'epoch',
    'grad_norm',
    'learning_rate',
    'loss',
    'step',
  ]);
  const training = JSON.parse(readFileSync(join(checkpoint, 'training.json'), 'utf8'));
  expect(training).toMatchObject({ format: 'dinov2-training/1', step: 3, epoch: 1, position: 8 });
});

test('what the steps depend on must be the same', async () => {
  const output = join(folder, 'out');
  await stopAfter(2, { trainable: 'head', output });
  const resumed = { trainable: 'head', output, resume: true } as const;
  await expect(weightsAfter({ ...resumed, learningRate: 0.5 })).rejects.toThrow(
    /checkpoint-2: expected to go on with learningRate 0.01, got 0.5; give what the checkpoint has/,
  );
  using model = await smallClassifier(1);
  await expect(train(model, patches(9), { ...OPTIONS, ...resumed })).rejects.toThrow(
    /expected to go on with data/,
  );
});

test('a model that is there is neither replaced nor gone on with unasked', async () => {
  const output = join(folder, 'out');
  await weightsAfter({ trainable: 'head', output, epochs: 1 });
  await expect(weightsAfter({ trainable: 'head', output })).rejects.toThrow(
    /expected a folder without a model, got one with checkpoint-2; choose another, or resume \(--resume\) or overwrite it/,
  );
  await weightsAfter({ trainable: 'head', output, overwrite: true, maxSteps: 1 });
  expect(readdirSync(output).filter((name) => name.startsWith('checkpoint-'))).toEqual(['checkpoint-1']);
});

test('a run that was killed while it wrote goes on from the last whole checkpoint', async () => {
  const output = join(folder, 'out');
  const whole = await weightsAfter({ trainable: 'head' });
  await stopAfter(3, { trainable: 'head', output });
  const remains = join(output, '.checkpoint-4.partial-1-00000000');
  writeFileSync(remains, 'half');
  expect(await weightsAfter({ trainable: 'head', output, resume: true })).toEqual(whole);
  expect(readdirSync(output).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('without a checkpoint, resuming begins at the beginning', async () => {
  const output = join(folder, 'out');
  const whole = await weightsAfter({ trainable: 'head' });
  expect(await weightsAfter({ trainable: 'head', output, resume: true })).toEqual(whole);
});
