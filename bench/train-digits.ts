/**
 * Training the architecture of the bundled model on scikit-learn's digits, from random weights: the accuracy on images that are held
 * out, and the time, beside those of transformers' Trainer with the same settings (`bench/python/train_digits.py`, which also writes
 * the images).
 *
 * Usage: npm run build && node dist/bench/train-digits.js FOLDER [--epochs 8] [--seeds 1,2,3] [--device simd] [--threads 2]
 */
import { parseArgs } from 'node:util';
import {
  BitImageProcessor,
  type Device,
  Dinov2Config,
  Dinov2ForImageClassification,
  evaluate,
  imageFolder,
  parseConfig,
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
