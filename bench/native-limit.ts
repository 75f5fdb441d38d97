/** Measuring what native code can do at most on the machine, so that native engines can be set in relation to it. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../peers/root.ts';
import { PREPARED } from './places.ts';

/** What the probe found in one round. */
export interface NativeSpeed {
  /** operations a second of all threads together */
  speed: number;
  /** how many floats a vector has */
  lanes: number;
}

const FLAGS = ['-O3', '-march=native', '-ffp-contract=fast', '-pthread'];

/**
 * Compiles `native/fma-peak.c` for this machine.
 *
 * @param compiler default: `CC` of the environment, else `cc`
 * @returns the program's path; undefined if there is no compiler, or it fails
 */
export function buildNativeProbe(compiler: string = process.env.CC ?? 'cc'): string | undefined {
  const folder = join(PREPARED, 'native');
  mkdirSync(folder, { recursive: true });
  const program = join(folder, 'fma-peak');
  const source = join(ROOT, 'bench', 'native', 'fma-peak.c');
  const { status } = spawnSync(compiler, [...FLAGS, source, '-o', program], { stdio: 'ignore' });
  return status === 0 ? program : undefined;
}

/**
 * @param text what the probe prints: `operations-a-second lanes`
 * @throws Error on anything else
 */
export function parseNativeSpeed(text: string): NativeSpeed {
  const [speed = Number.NaN, lanes = Number.NaN] = text.trim().split(' ').map(Number);
  if (!(speed > 0) || !(lanes > 0)) {
    throw new Error(`bench: expected the probe to print two numbers, got ${JSON.stringify(text)}`);
  }
  return { speed, lanes };
}

/** Runs the probe once, for some 50 ms. */
export async function measureNativeLimit(program: string, threads: number): Promise<NativeSpeed> {
  const { stdout } = await promisify(execFile)(program, [String(threads)]);
  return parseNativeSpeed(stdout);
}
