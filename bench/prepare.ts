/** Having what the engines read. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../peers/root.ts';
import { type Case, caseName, filesOf } from './cases.ts';
import { PREPARED } from './places.ts';

/** What only some programs need. */
export interface Extras {
  /** models for images of one size alone */
  fixedSize?: boolean;
  /** models in 8 bits, made by onnxruntime's tools */
  quantised?: boolean;
  /** products and attention alone */
  kernels?: boolean;
}

/**
 * Runs `python/prepare.py` for what is missing.
 *
 * @throws Error if something is missing and there is no Python, or if it fails
 */
export function prepare(
  cases: readonly Case[],
  python: string | undefined,
  { fixedSize: withFixedSize = false, quantised: withQuantised = false, kernels = false }: Extras = {},
): void {
  const missing = cases
    .filter((testCase) => {
      const { truth, freeSize, fixedSize, quantised } = filesOf(testCase);
      const extras = [...(withFixedSize ? [fixedSize] : []), ...(withQuantised ? [quantised] : [])];
      return ![truth, freeSize, ...extras].every(existsSync);
    })
    .map(caseName);
  const noKernels = kernels && !existsSync(join(PREPARED, 'kernels'));
  if (missing.length === 0 && !noKernels) return;
  const what = [...missing, ...(noKernels ? ['kernels'] : [])].join(', ');
  if (python === undefined) {
    throw new Error(
      `bench: expected ${PREPARED} to have ${what}, got nothing; name a Python with the packages of bench/python/requirements.txt by --python, once`,
    );
  }
  const program = join(ROOT, 'bench', 'python', 'prepare.py');
  const flags = [
    ...(withFixedSize ? ['--fixed-size'] : []),
    ...(withQuantised ? ['--quantised'] : []),
    ...(noKernels ? ['--kernels'] : []),
  ];
  const words = [program, PREPARED, ...missing, ...flags];
  const { status } = spawnSync(python, words, { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`bench: ${program} failed with status ${status}`);
}
