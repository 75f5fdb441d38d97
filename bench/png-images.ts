/**
 * Decoding PNG files of 3 megapixels, of every kind, in turns with Pillow: from the file in memory to RGB pixels. Where
 * there is alpha, ours is laid on white too, and Pillow's dropped.
 *
 * Usage: npm run build && node dist/bench/png-images.js --python PYTHON [--rounds 15]
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { decodeImage } from '../images/decode-image.ts';
import { ROOT } from '../peers/root.ts';
import { IMAGE, PREPARED } from './places.ts';
import { ratios, summarise } from './statistics.ts';
import { digits, plainTable } from './table.ts';

const { values: options } = parseArgs({
  options: { python: { type: 'string' }, rounds: { type: 'string', default: '15' } },
});
if (options.python === undefined) {
  throw new Error('png-images: expected --python, a Python with Pillow and numpy, got none');
}

const folder = join(PREPARED, 'png');
const script = join(ROOT, 'bench', 'python', 'png_images.py');
const pillow = spawn(options.python, [script, IMAGE, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
const replies = createInterface({ input: pillow.stdout })[Symbol.asyncIterator]();

/** @throws Error if Pillow's process has ended */
async function reply(): Promise<string> {
  const { value, done } = await replies.next();
  if (done) throw new Error('png-images: expected an answer of Pillow, but its process ended');
  return value;
}

async function ours(file: Uint8Array): Promise<number> {
  const start = performance.now();
  await decodeImage(file);
  return (performance.now() - start) / 1000;
}

async function theirs(name: string): Promise<number> {
  pillow.stdin.write(`${name}\n`);
  return Number(await reply());
}

const rows: string[][] = [];
for (const name of (await reply()).split(' ')) {
  const file = readFileSync(join(folder, `${name}.png`));
  const first = await ours(file);
  await theirs(name);
  const times: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
  for (let round = 0; round < Number(options.rounds); round++) {
    times.ours.push(await ours(file));
    times.theirs.push(await theirs(name));
  }
  const [mine, other, ratio] = [times.ours, times.theirs, ratios(times.ours, times.theirs)].map(summarise);
  const ms = [first, mine?.median ?? Number.NaN, other?.median ?? Number.NaN].map((s) => digits(1000 * s));
  rows.push([
    name,
    ...ms,
    digits(ratio?.median ?? Number.NaN),
    `${digits(ratio?.lower ?? 0)}–${digits(ratio?.upper ?? 0)}`,
  ]);
}
pillow.stdin.end();
const head = ['image', 'first ms', 'median ms', 'Pillow ms', '÷ Pillow', 'quartiles of it'];
console.info(
  plainTable({ title: `PNG of 2048×1536 pixels, Node ${process.version}, ${cpus()[0]?.model}`, head, rows }),
);
