/**
 * Every model on the backend `tensorflow`, where it is installed.
 *
 * It runs in a process of its own: in the test runner's sandbox the arrays that native code makes are of another realm, and
 * no instances of the sandbox's `Float32Array`.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tensorflow } from '../backends/tensorflow/device.ts';
import type { Finding } from './check-backend.ts';
import { hasLayerInputs } from './testing/cases.ts';
import { CASES } from './testing/references.ts';

const PROGRAM = fileURLToPath(new URL('../dist/conformance/check-backend.js', import.meta.url));
const CHECKS = CASES.flatMap((example) =>
  hasLayerInputs(example) ? [example.name, `each layer of ${example.name}`] : [example.name],
);

((await tensorflow.missing()) === undefined ? describe : describe.skip)('with @tensorflow/tfjs-node', () => {
  const found = new Map<string, Finding['misses']>();

  beforeAll(async () => {
    const words = [PROGRAM, 'tensorflow'];
    const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 64 * 2 ** 20 });
    for (const line of stdout.trim().split('\n')) {
      const { check, misses }: Finding = JSON.parse(line);
      found.set(check, misses);
    }
  });

  test.each(CHECKS)('%s', (check) => {
    expect(found.get(check)).toEqual([]);
  });
});
