/**
 * `dinov2 embed` on a folder of images, as a whole process: the time for each image beyond its forward pass, this build
 * in turns with that of another checkout.
 *
 * Usage: npm run build && node dist/bench/folder-embedding.js --images FOLDER [--other CHECKOUT] [--rounds 5]
 *        [--model DIR] [--node NODE]
 *
 * `bench/python/mixed_images.py` makes a folder. What is not decoding and preprocessing is taken off: the same number
 * of forward passes, and the start, on as many copies of a BMP that has the model's size already. An image that a build
 * refuses costs it nothing, so the number of those stands beside.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../peers/root.ts';
import { ratios, summarise } from './statistics.ts';
import { cell, digits, plainTable } from './table.ts';

const { values: options } = parseArgs({
  options: {
    images: { type: 'string' },
    other: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    model: { type: 'string', default: join(ROOT, 'conformance', 'fixtures', 'models', 'plain-mlp') },
    node: { type: 'string', default: process.execPath },
  },
});
const { images, other, model, node } = options;
if (images === undefined) throw new Error('folder-embedding: expected --images, a folder, got none');
const count = readdirSync(images).length;

/** A build of the command. */
interface Build {
  name: string;
  command: string;
  /** for each image, in every round */
  seconds: number[];
  refused: number;
}

function buildOf(name: string, checkout: string): Build {
  const command = join(checkout, 'dist', 'cli', 'main.js');
  if (!existsSync(command)) throw new Error(`${checkout}: expected a checkout that is built, got none`);
  return { name, command, seconds: [], refused: 0 };
}

/** Runs the command on a folder: how long it takes, and how many embeddings come of it. */
function embed({ command }: Build, folder: string): { seconds: number; done: number } {
  const start = performance.now();
  const { stdout, stderr } = spawnSync(node, [command, 'embed', folder, '--model', model], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  const seconds = (performance.now() - start) / 1000;
  const done = stdout.split('\n').length - 1;
  if (done === 0) throw new Error(`folder-embedding: ${command} failed: ${stderr}`);
  return { seconds, done };
}

/** A BMP of one colour; the model's processor neither enlarges nor cuts it. */
function plainBmp(size: number): Uint8Array {
  const file = Buffer.alloc(54 + 3 * size * size, 128);
  file.fill(0, 0, 54);
  file.write('BM');
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(size, 18);
  file.writeInt32LE(size, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  return file;
}

const builds = [buildOf('this build', ROOT), ...(other ? [buildOf('the other', resolve(other))] : [])];
const plain = mkdtempSync(join(tmpdir(), 'dinov2-folder-'));
try {
  const first = join(plain, '0.bmp');
  writeFileSync(first, plainBmp(256));
  for (let i = 1; i < count; i++) copyFileSync(first, join(plain, `${i}.bmp`));
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const build of round % 2 === 0 ? builds : [...builds].reverse()) {
      const { seconds, done } = embed(build, images);
      build.seconds.push((seconds - embed(build, plain).seconds) / count);
      build.refused = count - done;
    }
  }
} finally {
  rmSync(plain, { recursive: true });
}
const rows = builds.map((build, i) => {
  const { median, lower, upper } = summarise(build.seconds.map((each) => 1000 * each));
  const ratio = i === 0 ? undefined : summarise(ratios(builds[0]?.seconds ?? [], build.seconds)).median;
  return [
    build.name,
    digits(median),
    `${digits(lower)}–${digits(upper)}`,
    cell(ratio, digits),
    String(build.refused),
  ];
});
const head = ['', 'ms for an image', 'quartiles', 'this ÷ the other', 'refused'];
console.info(plainTable({ title: `Beyond the forward pass, ${count} images`, head, rows }));
