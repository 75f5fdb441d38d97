/**
 * Ten thousand forward passes of the bundled model: memory and tensors must stay where they are.
 *
 * Usage: npm run build && node dist/bench/endurance.js [--passes 10000] [--threads 2]
 *
 * The status is 1 if a tensor is left, or if the resident set has grown by more than a quarter since a tenth of the way.
 */
import { parseArgs } from 'node:util';
import { memory } from '@tensorflow/tfjs-core';
import { Dinov2Model, readFloat32, setDevice } from '../lib/index.ts';
import { DIGITS } from './places.ts';
import { plainTable } from './table.ts';

const { values: options } = parseArgs({
  options: { passes: { type: 'string', default: '10000' }, threads: { type: 'string', default: '2' } },
});
const passes = Number(options.passes);
await setDevice('simd', { threads: Number(options.threads) });
const model = await Dinov2Model.fromPretrained(DIGITS);
const data = new Float32Array(3 * 32 * 32).fill(0.5);

interface Sample {
  pass: number;
  bytes: number;
  tensors: number;
}
const samples: Sample[] = [];
const sample = (pass: number): void => {
  samples.push({ pass, bytes: process.memoryUsage.rss(), tensors: memory().numTensors });
};
sample(0);
for (let pass = 1; pass <= passes; pass++) {
  using output = model.forward({ data, shape: [1, 3, 32, 32] });
  await readFloat32(output.lastHiddenState);
  if (pass === 1 || pass % (passes / 10) === 0) {
    output.dispose();
    sample(pass);
  }
}
const rows = samples.map(({ pass, bytes, tensors }) => [
  String(pass),
  (bytes / 2 ** 20).toFixed(1),
  String(tensors),
]);
console.info(plainTable({ title: 'Endurance', head: ['passes', 'resident MiB', 'tensors'], rows }));
const [before, , early] = samples;
const late = samples.at(-1);
if (before === undefined || early === undefined || late === undefined)
  throw new Error('endurance: no samples');
if (late.tensors !== before.tensors || late.bytes > 1.25 * early.bytes) process.exitCode = 1;
model.dispose();
