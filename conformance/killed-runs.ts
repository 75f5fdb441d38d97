/**
 * `dinov2 embed` on thousands of images, killed at random moments and gone on with: the file must be that of an unbroken run,
 * and no image may be computed twice but those of the batch that was going on.
 *
 * Usage: npm run build && node dist/conformance/killed-runs.js [--images 10000] [--kills 10] [--batch-size 8] [--seed 1]
 *
 * The status is 1 if the files differ or too much was computed.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../peers/root.ts';
import { computedIn, linkDigits } from '../testing/counted-embeds.ts';
import { mix } from '../testing/noise.ts';

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '10' },
    'batch-size': { type: 'string', default: '8' },
    seed: { type: 'string', default: '1' },
  },
});
const numbers = [values.images, values.kills, values['batch-size'], values.seed].map(Number);
const [images = 0, kills = 0, batch = 0, seed = 0] = numbers;

const folder = mkdtempSync(join(tmpdir(), 'dinov2-killed-'));

/** Runs the command; kills it once as many images as that are in its journal. */
async function run(output: string, killAt: number, ...words: string[]): Promise<boolean> {
  const hook = join(ROOT, 'cli', 'testing', 'count-embedded.mjs');
  const command = ['--import', hook, join(ROOT, 'dist', 'cli', 'main.js'), 'embed', 'images', '-o', output];
  const options = ['-m', join(ROOT, 'models', 'digits'), '--batch-size', String(batch), ...words];
  const env = { ...process.env, EMBEDDED: join(folder, `${output}.log`) };
  const child = spawn(process.execPath, [...command, ...options], { cwd: folder, env, stdio: 'ignore' });
  const timer = setInterval(() => {
    if (computed(output) < killAt) return;
    clearInterval(timer);
    // anywhere in a batch and in what comes after it
    setTimeout(() => child.kill('SIGKILL'), mix(killAt, seed) % 40);
  }, 3);
  const status = await new Promise((resolve) => child.on('close', (code) => resolve(code)));
  clearInterval(timer);
  return status === 0;
}

/** How many images all runs for an output have computed. */
const computed = (output: string): number => computedIn(join(folder, `${output}.log`));

try {
  linkDigits(join(ROOT, 'examples', 'pictures', 'digits'), join(folder, 'images'), images);
  await run('unbroken.npy', Number.POSITIVE_INFINITY);
  const moments = Array.from({ length: kills }, (_, i) => mix(i, seed) % images).sort((a, b) => a - b);
  for (const moment of moments) {
    const ended = await run('killed.npy', moment, '--resume');
    console.info(
      `killed at ${moment} images: ${ended ? 'too late' : `${computed('killed.npy')} computed so far`}`,
    );
  }
  const done = await run('killed.npy', Number.POSITIVE_INFINITY, '--resume');
  const [expected, actual] = ['unbroken.npy', 'killed.npy'].map((name) => readFileSync(join(folder, name)));
  const same = expected !== undefined && actual !== undefined && expected.equals(actual);
  const again = computed('killed.npy') - images;
  console.info(
    `${images} images, ${kills} kills: ${done ? 'done' : 'failed'}, the file is ${same ? 'the same' : 'another'}, ${again} images computed twice, ${kills * batch} at most`,
  );
  if (!done || !same || again > kills * batch) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
