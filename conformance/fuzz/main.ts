/**
 * Reads torch files that are a little wrong, by the thousands: each has to end in an error of this library or in a
 * right answer, soon, and without memory that grows.
 *
 * Usage: npm run fuzz -- [--files 20000] [--seed 1] [--first 0]
 *
 * A file is made from the seed and its number: `--first <number> --files 1` makes it again.
 */
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { Report, Task } from './worker.ts';

/** A file that takes longer than this hangs. */
const LONGEST_MILLISECONDS = 20_000;

/** What may be added to memory between a tenth of the way and its end. */
const GROWTH_BYTES = 128 * 1024 * 1024;

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
  },
});
const task: Task = {
  folder: new URL('../../../conformance/fixtures/torch/', import.meta.url).href,
  seed: Number(values.seed),
  first: Number(values.first),
  files: Number(values.files),
};

const refusals = new Map<string, number>();
let current = '';
let ended = 0;
let read = 0;
let slowest = 0;
let early = 0;
const failures: string[] = [];

/** A message without what differs from file to file. */
function kindOf(message: string): string {
  return message
    .replace(/"(\\.|[^"\\])*"/g, '"…"')
    .replace(/0x[0-9a-f]+|\d+/g, '#')
    .replace(/(global|objects? of) \S+/g, '$1 …')
    .slice(0, 90);
}

function hear(report: Report): void {
  if (report.kind === 'begins') {
    current = `file ${report.file} of ${report.fixture}`;
    return;
  }
  ended++;
  if (report.kind === 'failed') failures.push(`${current}: ${report.message}`);
  else {
    slowest = Math.max(slowest, report.milliseconds);
    if (report.tensors !== undefined) read++;
    else {
      const kind = kindOf(report.message.replace(/^[^:]*: /, ''));
      refusals.set(kind, (refusals.get(kind) ?? 0) + 1);
    }
  }
  if (ended === Math.ceil(task.files / 10)) early = process.memoryUsage().rss;
}

const worker = new Worker(new URL('./worker.js', import.meta.url), {
  workerData: task,
  resourceLimits: { maxOldGenerationSizeMb: 512 },
});
let heard = ended;
const watchdog = setInterval(() => {
  if (ended === heard) {
    failures.push(`${current}: no end after ${LONGEST_MILLISECONDS / 1000} s`);
    void worker.terminate();
  }
  heard = ended;
}, LONGEST_MILLISECONDS);
worker.on('message', hear);
worker.on('error', (error) => failures.push(`${current}: ${error.stack ?? error.message}`));
worker.on('exit', () => {
  clearInterval(watchdog);
  const growth = process.memoryUsage().rss - early;
  if (growth > GROWTH_BYTES) failures.push(`memory grew by ${Math.round(growth / 2 ** 20)} MiB`);
  const kinds = [...refusals].sort((a, b) => b[1] - a[1]);
  for (const [kind, count] of kinds.slice(0, 40)) console.log(`${String(count).padStart(6)}  ${kind}`);
  console.log(
    `seed ${task.seed}: ${ended} files, ${ended - read - failures.length} refused with ${kinds.length} kinds of messages, ${read} read; the slowest took ${slowest.toFixed(0)} ms; memory grew by ${(growth / 2 ** 20).toFixed(0)} MiB`,
  );
  for (const failure of failures) console.error(failure);
  if (failures.length > 0 || ended < task.files) process.exitCode = 1;
});
