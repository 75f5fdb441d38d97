/**
 * What it costs to hand a job to the threads and get it back: an empty job, again and again.
 *
 * Usage: npm run build && node dist/bench/dispatch.js [--threads 2] [--rounds 2001]
 *
 * `awake`: the workers still look out for the next job, as between two ops of a model. `asleep`: they have gone to
 * sleep and are woken.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { READY } from '../backends/simd/control-block.ts';
import { Job } from '../backends/simd/job.ts';
import { NOTHING } from '../backends/simd/job-kinds.ts';
import { Runtime } from '../backends/simd/runtime/runtime.ts';
import { summarise } from './statistics.ts';
import { digits, plainTable } from './table.ts';

const { values: options } = parseArgs({
  options: { threads: { type: 'string', default: '2' }, rounds: { type: 'string', default: '2001' } },
});
const threads = Number(options.threads);
const rounds = Number(options.rounds);
const runtime = await Runtime.create({ threads });

const job = new Job(NOTHING, {});

function dispatch(together: boolean): number {
  const start = performance.now();
  runtime.run(job, {}, together);
  return 1e3 * (performance.now() - start);
}

dispatch(true);
for (let tries = 0; runtime.heap.ints[READY / 4] !== threads - 1 && tries < 1000; tries++) await pause(5);
for (let i = 0; i < rounds; i++) dispatch(true);
const awake = Array.from({ length: rounds }, () => dispatch(true));
const alone = Array.from({ length: rounds }, () => dispatch(false));
const asleep: number[] = [];
for (let i = 0; i < Math.min(rounds, 201); i++) {
  await pause(5);
  asleep.push(dispatch(true));
}
const rows = Object.entries({ alone, awake, asleep }).map(([name, values]) => {
  const { median, lower, upper } = summarise(values);
  return [name, digits(median), `${digits(lower)}–${digits(upper)}`];
});
const head = ['workers', 'median µs', 'quartiles'];
console.info(plainTable({ title: `Dispatch of an empty job, ${threads} threads`, head, rows }));
runtime.dispose();
