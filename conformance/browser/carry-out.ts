/** In the page, on either of its threads: carries out an order and reports. */
import { backend, engine, getBackend, removeBackend } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { READY } from '../../backends/simd/control-block.ts';
import { SimdBackend } from '../../backends/simd/simd-backend.ts';
import { webgpu } from '../../backends/webgpu/device.ts';
import { checkCompiled } from './check-compiled.ts';
import { checkDigits, checkExamples, checkQuickStart } from './check-digits.ts';
import { checkInputs } from './check-inputs.ts';
import { checkKept } from './check-kept.ts';
import { checkLearning } from './check-learning.ts';
import { checkImages, checkModels } from './check-references.ts';
import { checkRendering } from './check-rendering.ts';
import { Findings } from './findings.ts';
import type { Order, Report, SimdReport } from './set-ups.ts';

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

/** What became of the threads of `simd`, which is let go. */
async function finishSimd(): Promise<SimdReport> {
  const current = backend();
  if (!(current instanceof SimdBackend)) throw new Error('expected the backend simd');
  const { runtime } = current;
  const ints = (): Int32Array<ArrayBufferLike> => runtime.heap.ints;
  const up = await workersUp(ints, runtime.threads - 1);
  const { threads, relaxed } = runtime;
  removeBackend('simd');
  return { threads, relaxed, workersUp: up, workersLeft: await workersUp(ints, 0) };
}

/** As a page of a user does, where the device is not the one that the library chooses. */
async function startWebgpu(): Promise<string | undefined> {
  await import('@tensorflow/tfjs-backend-webgpu');
  const missing = await webgpu.missing();
  if (missing === undefined) await setDevice('webgpu');
  return missing;
}

/** Carries out an order; the backend is the one that the library chooses, unless the task names one. */
export async function carryOut(order: Order): Promise<Report> {
  const { task, root, elsewhere, images, examples, labelled } = order;
  const start = performance.now();
  const findings = new Findings();
  const base = new URL(root);
  const fixtures = new URL('fixtures/', base);
  const missing = task === 'webgpu' ? await startWebgpu() : undefined;
  if (task === 'conformance') {
    await checkDigits(base, new URL(elsewhere), findings);
    await checkKept(base, findings);
    await checkExamples(base, examples, findings);
    await checkInputs(base, findings);
    await checkImages(fixtures, images, findings);
    await checkModels(fixtures, findings);
    await checkCompiled(base, findings);
  }
  if (task === 'webgpu' && missing === undefined) await checkModels(fixtures, findings);
  if (task === 'rendering') await checkRendering(fixtures, findings);
  if (task === 'learning') await checkLearning(base, labelled, findings);
  if (missing === undefined) await checkQuickStart(base, findings);
  const took = (performance.now() - start) / 1000;
  const expected = task === 'webgpu' ? 'webgpu' : 'simd';
  if (missing === undefined && getBackend() !== expected) findings.misses.push(`computed on ${getBackend()}`);
  return {
    done: findings.done,
    misses: findings.misses,
    crossOriginIsolated,
    tensorsLeft: engine().state.numTensors,
    ...(task === 'webgpu' ? {} : { simd: await finishSimd() }),
    ...(missing === undefined ? {} : { missing }),
    took,
  };
}
