/**
 * Embedding many images: the time for each against that of preprocessing alone and of the model alone, and the memory of the
 * command on its way.
 *
 * Usage: npm run build && node dist/bench/many-images.js --images FOLDER [--model DIR] [--threads 1,2] [--rounds 11]
 *        [--share 40] [--batch-size 1] [--command 10000]
 *
 * In every round each of the three goes through the next `share` images, one after the other, so that what disturbs the machine
 * disturbs all; the start of threads is left out. `cores` is what the processor time of preprocessing and model together would
 * take if it were spread evenly over the cores that there are: no order of the work is faster than the longest of the three.
 * `--command` runs `dinov2 embed` on so many links to the images.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import {
  BitImageProcessor,
  Dinov2Model,
  embed,
  embedImages,
  type PixelValues,
  setDevice,
  stackPixelValues,
} from '../lib/index.ts';
import { ROOT } from '../peers/root.ts';
import { DIGITS } from './places.ts';
import { median, ratios } from './statistics.ts';
import { digits, plainTable } from './table.ts';

const { values: options } = parseArgs({
  options: {
    images: { type: 'string' },
    model: { type: 'string', default: DIGITS },
    threads: { type: 'string', default: '1,2' },
    rounds: { type: 'string', default: '11' },
    share: { type: 'string', default: '40' },
    'batch-size': { type: 'string', default: '1' },
    command: { type: 'string', default: '0' },
  },
});
if (options.images === undefined) throw new Error('many-images: expected --images, a folder, got none');
const folder = resolve(options.images);
const files = readdirSync(folder).map((name) => ({ name, image: pathToFileURL(join(folder, name)) }));
const [share, batchSize] = [Number(options.share), Number(options['batch-size'])];
const processor = await BitImageProcessor.fromPretrained(options.model);

/** What a round of one of the three took for each image, in milliseconds: by the clock, and of processor time. */
interface Took {
  clock: number[];
  processor: number[];
}

async function measure(took: Took, work: () => Promise<void>): Promise<void> {
  const [clock, used] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(used);
  took.clock.push((performance.now() - clock) / share);
  took.processor.push((user + system) / 1000 / share);
}

async function rowOf(threads: number): Promise<string[]> {
  await setDevice('simd', { threads });
  const model = await Dinov2Model.fromPretrained(options.model);
  const preprocess = async ({ name, image }: (typeof files)[number]): Promise<PixelValues> =>
    (await processor.preprocess(image, { names: [name] })).pixelValues;
  let at = 0;
  const next = () => Array.from({ length: share }, () => files[at++ % files.length]!);
  const ready: PixelValues[] = [];
  for (const file of next()) ready.push(await preprocess(file));
  /** The model on images that are ready. */
  const run = async (): Promise<void> => {
    for (let i = 0; i < share; i += batchSize) {
      await embed(model, stackPixelValues(ready.slice(i, i + batchSize)));
    }
  };
  /** All of it on images without end. */
  const endless = () =>
    embedImages(
      model,
      (function* () {
        for (;;) yield files[at++ % files.length]!;
      })(),
      { processor, batchSize },
    );
  const some = async (vectors: AsyncGenerator<unknown>): Promise<void> => {
    for (let i = 0; i < share; i++) await vectors.next();
  };
  const took = (): Took => ({ clock: [], processor: [] });
  const [alone, modelAlone, together] = [took(), took(), took()];
  await run();
  for (let round = 0; round < Number(options.rounds); round++) {
    await measure(alone, async () => {
      for (const file of next()) await preprocess(file);
    });
    await measure(modelAlone, run);
    const vectors = endless();
    // threads have come up, and the queue is as it stays
    await some(vectors);
    await measure(together, () => some(vectors));
    await vectors.return();
  }
  model.dispose();
  const longer = alone.clock.map((ms, i) => Math.max(ms, modelAlone.clock[i] ?? 0));
  const cores = alone.processor.map(
    (ms, i) => (ms + (modelAlone.processor[i] ?? 0)) / availableParallelism(),
  );
  const limit = longer.map((ms, i) => Math.max(ms, cores[i] ?? 0));
  const columns = [
    alone.clock,
    modelAlone.clock,
    together.clock,
    cores,
    ratios(together.clock, longer),
    ratios(together.clock, limit),
  ];
  return [String(threads), ...columns.map((values) => digits(median(values)))];
}

/** Resident memory of a process in MiB, where Linux tells. */
function residentOf(pid: number | undefined): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

/** Runs the command on many images: seconds, and its memory at tenths of the way. */
async function command(count: number): Promise<string> {
  const place = mkdtempSync(join(tmpdir(), 'dinov2-many-'));
  try {
    mkdirSync(join(place, 'images'));
    for (let i = 0; i < count; i++) {
      const { name, image } = files[i % files.length]!;
      symlinkSync(image, join(place, 'images', `${String(i).padStart(6, '0')}-${name}`));
    }
    const words = [
      join(ROOT, 'dist', 'cli', 'main.js'),
      'embed',
      'images',
      '-o',
      'all.npy',
      '--batch-size',
      String(batchSize),
    ];
    const start = performance.now();
    const child = spawn(process.execPath, [...words, '-m', resolve(options.model)], {
      cwd: place,
      stdio: 'ignore',
    });
    const samples: number[] = [];
    const timer = setInterval(() => samples.push(residentOf(child.pid)), 100);
    await new Promise((done) => child.on('close', done));
    clearInterval(timer);
    const seconds = (performance.now() - start) / 1000;
    const tenths = Array.from({ length: 10 }, (_, i) =>
      Math.round(samples[Math.floor(((i + 1) * (samples.length - 1)) / 10)] ?? 0),
    );
    return `dinov2 embed on ${count} images: ${digits(seconds)} s, ${digits((1000 * seconds) / count)} ms for each with the start; resident MiB at tenths of the way: ${tenths.join(', ')}`;
  } finally {
    rmSync(place, { recursive: true });
  }
}

const rows: string[][] = [];
for (const threads of options.threads.split(',')) rows.push(await rowOf(Number(threads)));
const head = ['threads', 'preprocessing', 'model', 'both', 'cores', 'both ÷ longer', 'both ÷ limit'];
console.info(plainTable({ title: `ms for an image, batches of ${batchSize}`, head, rows }));
if (Number(options.command) > 0) console.info(await command(Number(options.command)));
