/**
 * What an op on a tiny tensor costs on the backend `simd`, next to TF.js's `cpu`, whose kernels do the work there too.
 *
 * Usage: npm run build && node dist/bench/small-ops.js [--rounds 61] [--ops 1000]
 *
 * The backends take turns in one process; a round is the given number of ops, and a figure is the median of rounds.
 */
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { registerSimd } from '../backends/simd/register.ts';
import { median } from './statistics.ts';

const BACKENDS = ['cpu', 'simd'] as const;

/** Ops on two 4×4 matrices. */
const OPERATIONS: Readonly<Record<string, (a: tf.Tensor2D, b: tf.Tensor2D) => tf.Tensor>> = {
  add: (a, b) => tf.add(a, b),
  mul: (a, b) => tf.mul(a, b),
  matMul: (a, b) => tf.matMul(a, b),
  slice: (a) => tf.slice(a, [1, 1], [2, 2]),
  concat: (a, b) => tf.concat([a, b], 1),
  reshape: (a) => tf.reshape(a, [2, 8]),
  transpose: (a) => tf.transpose(a),
  relu: (a) => tf.relu(a),
  sum: (a) => tf.sum(a, 1),
  softmax: (a) => tf.softmax(a),
};

/** Microseconds an op takes. */
async function timeOps(
  backend: string,
  ops: number,
  run: (a: tf.Tensor2D, b: tf.Tensor2D) => tf.Tensor,
): Promise<number> {
  await tf.setBackend(backend);
  const a = tf.randomUniform<tf.Rank.R2>([4, 4]);
  const b = tf.randomUniform<tf.Rank.R2>([4, 4]);
  const start = performance.now();
  for (let i = 0; i < ops; i++) run(a, b).dispose();
  const elapsed = performance.now() - start;
  tf.dispose([a, b]);
  return (1000 * elapsed) / ops;
}

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '61' }, ops: { type: 'string', default: '1000' } },
});
const rounds = Number(values.rounds);
const ops = Number(values.ops);
tf.env().set('IS_NODE', false); // or the CPU backend greets with an advertisement
await registerSimd();

process.stdout.write(`op          ${BACKENDS.map((name) => `${name} µs`.padStart(9)).join('')}     ratio\n`);
for (const [name, run] of Object.entries(OPERATIONS)) {
  const times = { cpu: [] as number[], simd: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    // whoever is second finds the machine as the first left it, so they take turns in that too
    for (const backend of round % 2 === 0 ? BACKENDS : BACKENDS.toReversed()) {
      times[backend].push(await timeOps(backend, ops, run));
    }
  }
  const cpu = median(times.cpu);
  const simd = median(times.simd);
  process.stdout.write(
    `${name.padEnd(12)}${cpu.toFixed(3).padStart(9)}${simd.toFixed(3).padStart(9)}${(simd / cpu).toFixed(2).padStart(10)}\n`,
  );
}
