/**
 * Devices that can't run inside of the test runner: in its sandbox, the arrays that native code makes are of another
 * realm. They run in processes of their own, in the built package.
 */
import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Device } from '../../backends/devices.ts';
import type { Finding } from '../check-backend.ts';
import { hasLayerInputs } from './cases.ts';
import { GRADIENT_CASES } from './gradient-cases.ts';
import { CASES } from './references.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/conformance/check-backend.js', import.meta.url));
const PATIENCE_MS = 1_200_000;

/** What a device lacks here, in words; undefined if it can be started. */
export function missingFor(device: Device): string | undefined {
  const { stdout, stderr, status } = spawnSync(process.execPath, [PROGRAM, device, '--missing'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim() || undefined;
}

/** Defines the tests of `testEveryModel`, and of gradients, on a device; they are skipped, with what it lacks, where it can't be started. */
export function testEveryModelInProcess(device: Device): void {
  const missing = missingFor(device);
  const checks = [
    ...CASES.flatMap((example) =>
      hasLayerInputs(example) ? [example.name, `each layer of ${example.name}`] : [example.name],
    ),
    ...GRADIENT_CASES.map(({ name }) => `gradients of ${name}`),
  ];
  const suite = missing === undefined ? describe : describe.skip;
  suite(missing === undefined ? device : `${device}, skipped: ${missing}`, () => {
    const found = new Map<string, Finding['misses']>();

    beforeAll(async () => {
      const settings = { maxBuffer: 64 * 2 ** 20 };
      const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, device], settings);
      for (const line of stdout.trim().split('\n')) {
        const { check, misses }: Finding = JSON.parse(line);
        found.set(check, misses);
      }
    }, PATIENCE_MS);

    test.each(checks)('%s', (check) => {
      expect(found.get(check)).toEqual([]);
    });
  });
}
