/**
 * Training the architecture of the bundled model on scikit-learn's digits, from random weights: the accuracy on images that are held
 * out, and the time, beside those of transformers' Trainer with the same settings (`bench/python/train_digits.py`, which also writes
 * the images).
 *
 * Usage: npm run build && node dist/bench/train-digits.js FOLDER [--epochs 8] [--seeds 1,2,3] [--device simd] [--threads 2]
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  BitImageProcessor,
  DEVICES,
  Dinov2Config,
  Dinov2ForImageClassification,
  evaluateDataset,
  imageFolder,
  setDevice,
  train,
} from '../lib/index.ts';
import { DIGITS } from './places.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    epochs: { type: 'string', default: '8' },
    seeds: { type: 'string', default: '1,2,3' },
    device: { type: 'string', default: 'simd' },
    threads: { type: 'string', default: '2' },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('train-digits: expected a folder, got none');
const device = DEVICES.find((name) => name === options.device);
if (device === undefined) throw new Error(`train-digits: expected a device, got ${options.device}`);
await setDevice(device, { threads: Number(options.threads) });
const { train: dataset, test } = await imageFolder(folder);
if (test === undefined) throw new Error(`train-digits: ${folder}: expected a folder test, got none`);
const processor = await BitImageProcessor.fromPretrained(DIGITS);
const written = JSON.parse(readFileSync(join(DIGITS, 'config.json'), 'utf8'));
const id2label = Object.fromEntries(dataset.classes.map((name, id) => [id, name]));
for (const seed of options.seeds.split(',').map(Number)) {
  using model = await Dinov2ForImageClassification.fromConfig(
    Dinov2Config.fromJSON({ ...written, id2label }),
    {
      seed,
    },
  );
  const begun = performance.now();
  await train(model, dataset, {
    ...{ processor, seed, trainable: 'all', epochs: Number(options.epochs), batchSize: 32 },
    ...{ learningRate: 1e-3, weightDecay: 0.05, schedule: 'cosine', warmup: 0.1 },
  });
  const seconds = (performance.now() - begun) / 1000;
  const { classification } = await evaluateDataset(model, test, { processor });
  const accuracy = classification?.accuracy;
  console.log(
    JSON.stringify({ trainer: 'dinov2-tfjs', seed, accuracy, seconds: Number(seconds.toFixed(1)) }),
  );
}
