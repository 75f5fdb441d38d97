import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engine, memory } from '@tensorflow/tfjs-core';
import { MODELS } from '../../weights/testing/checkpoints.ts';
import { convert } from './convert.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dinov2-convert-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a conversion starts no backend, so that one can be chosen afterwards', async () => {
  await Promise.all(
    ['plain-mlp', 'classifier'].map((name) => convert(`${MODELS}${name}`, join(folder, name))),
  );
  expect(engine().registryFactory).toEqual({});
  expect(engine().backendName).toBeUndefined();
  expect(memory).toThrow(/backend/i);
});
