/** In the page, on either of its threads: carries out an order and reports. */
import { backend, engine, removeBackend } from '@tensorflow/tfjs-core';
import { READY } from '../../backends/simd/control-block.ts';
import { SimdBackend } from '../../backends/simd/simd-backend.ts';
import { checkCompiled } from './check-compiled.ts';
import { checkDigits, checkExamples, checkQuickStart } from './check-digits.ts';
import { checkInputs } from './check-inputs.ts';
import { checkImages, checkModels } from './check-references.ts';
import { Findings } from './findings.ts';
import type { Order, Report } from './set-ups.ts';

const PATIENCE_MS = 10_000;

/** Lets the page's events pass until the number of workers is what it should be, or patience is at its end. */
async function workersUp(ints: () => Int32Array<ArrayBufferLike>, wanted: number): Promise<number> {
  const end = performance.now() + PATIENCE_MS;
  const count = (): number => Atomics.load(ints(), READY / 4);
  while (count() !== wanted && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return count();
}

/** Carries out an order; the backend is the one that the library chooses. */
export async function carryOut({ task, root, elsewhere, images, examples }: Order): Promise<Report> {
  const start = performance.now();
  const findings = new Findings();
  const base = new URL(root);
  if (task === 'conformance') {
    const fixtures = new URL('fixtures/', base);
    await checkDigits(base, new URL(elsewhere), findings);
    await checkExamples(base, examples, findings);
    await checkInputs(base, findings);
    await checkImages(fixtures, images, findings);
    await checkModels(fixtures, findings);
    await checkCompiled(base, findings);
  }
  await checkQuickStart(base, findings);
  const took = (performance.now() - start) / 1000;

  const current = backend();
  if (!(current instanceof SimdBackend)) throw new Error('expected the backend simd');
  const { runtime } = current;
  const ints = (): Int32Array<ArrayBufferLike> => runtime.heap.ints;
  const up = await workersUp(ints, runtime.threads - 1);
  const { threads, relaxed } = runtime;
  const tensorsLeft = engine().state.numTensors;
  removeBackend('simd');
  return {
    done: findings.done,
    misses: findings.misses,
    crossOriginIsolated,
    relaxed,
    threads,
    workersUp: up,
    workersLeft: await workersUp(ints, 0),
    tensorsLeft,
    took,
  };
}
