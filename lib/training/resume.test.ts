import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setDevice } from '../../backends/devices.ts';
import { Dinov2Error } from '../../errors/errors.ts';
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

test.each([
  ['after the last step of an epoch, before its evaluation', 2, {}],
  ['at the very end', 6, {}],
  ['where a checkpoint falls on the end of an epoch', 3, { saveSteps: 2 }],
])('stopped %s, a run is evaluated as one that was never stopped', async (_, step, more) => {
  const output = join(folder, 'out');
  const options: TrainOptions = { ...OPTIONS, ...more, learningRate: 0.1, validation: patches(6, 3) };
  using whole = await smallClassifier(1);
  const { evaluations, best } = await train(whole, patches(12), options);
  await stopAfter(step, { ...options, output });
  // as a process that was killed after its first checkpoint
  if ('saveSteps' in more) rmSync(join(output, 'checkpoint-3'), { recursive: true });
  using resumed = await smallClassifier(1);
  const again = await train(resumed, patches(12), { ...options, output, resume: true });
  expect([again.evaluations, again.best]).toEqual([evaluations, best]);
  expect(await resumed.parameters.get('head.weight')?.data()).toEqual(
    await whole.parameters.get('head.weight')?.data(),
  );
});

/** Changes the JSON in a checkpoint. */
function edit(
  checkpoint: string,
  change: (state: { step: number; facts: object; log: { steps: object[] } }) => void,
) {
  const path = join(checkpoint, 'training.json');
  const state = JSON.parse(readFileSync(path, 'utf8'));
  change(state);
  writeFileSync(path, JSON.stringify(state));
}

test.each<[string, (checkpoint: string) => void]>([
  ['a missing state', (path) => rmSync(join(path, 'training.json'))],
  ['a missing optimiser', (path) => rmSync(join(path, 'optimizer.safetensors'))],
  ['half an optimiser', (path) => truncateSync(join(path, 'optimizer.safetensors'), 300)],
  ['half a model', (path) => truncateSync(join(path, 'model.safetensors'), 300)],
  ['half a state', (path) => truncateSync(join(path, 'training.json'), 300)],
  [
    'the optimiser of another step',
    (path) =>
      copyFileSync(join(path, '../checkpoint-2/optimizer.safetensors'), join(path, 'optimizer.safetensors')),
  ],
  [
    'a step that leads elsewhere',
    (path) => edit(path, (state) => Object.assign(state, { step: '3/../../x' })),
  ],
  ['fewer rows than steps', (path) => edit(path, ({ log }) => log.steps.pop())],
  ['rows that are none', (path) => edit(path, ({ log }) => log.steps.splice(0, 1, {}))],
  ['no facts', (path) => edit(path, (state) => Object.assign(state, { facts: null }))],
  ['no log', (path) => edit(path, (state) => Object.assign(state, { log: 3 }))],
])('a checkpoint with %s is not gone on with', async (_, damage) => {
  const output = join(folder, 'out');
  const options: TrainOptions = { ...OPTIONS, trainable: 'head', output };
  await stopAfter(3, options);
  damage(join(output, 'checkpoint-3'));
  using model = await smallClassifier(1);
  const before = await model.parameters.get('head.weight')?.data();
  await expect(train(model, patches(12), { ...options, resume: true })).rejects.toThrow(Dinov2Error);
  expect(await model.parameters.get('head.weight')?.data()).toEqual(before);
});

test('adapters that lack a matrix are not gone on with', async () => {
  const output = join(folder, 'out');
  const options: TrainOptions = { ...OPTIONS, trainable: 'lora', lora: { r: 2 }, output };
  await stopAfter(1, options);
  using other = await smallClassifier(1);
  await train(other, patches(12), {
    ...options,
    output: join(folder, 'b'),
    lora: { r: 2, targets: ['fc1'] },
    maxSteps: 1,
  });
  const [from, to] = ['b', 'out'].map((name) => join(folder, name, 'checkpoint-1/adapter_model.safetensors'));
  copyFileSync(String(from), String(to));
  await expect(weightsAfter({ ...options, resume: true })).rejects.toThrow(
    /lora_A.weight of shape .*, got none/,
  );
});

test('without a checkpoint, resuming begins at the beginning', async () => {
  const output = join(folder, 'out');
  const whole = await weightsAfter({ trainable: 'head' });
  expect(await weightsAfter({ trainable: 'head', output, resume: true })).toEqual(whole);
});
