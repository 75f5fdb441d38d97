/** Products and attention alone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../peers/root.ts';
import { Child } from './child.ts';
import type { EngineName } from './engine-names.ts';
import type { KernelShape } from './engines/engine.ts';
import { Limit } from './limit.ts';
import type { Plan } from './measure-case.ts';
import { kernelOperations } from './operations.ts';
import type { KernelCaseResult, KernelResult } from './results.ts';
import { type Participant, takeTurns } from './take-turns.ts';

/** Engines that can be asked for a kernel. */
export const KERNEL_ENGINES: readonly EngineName[] = [
  'simd',
  'simd-f16',
  'simd-i8',
  'ort-web',
  'tfjs-wasm',
  'ort-node',
  'torch',
];

/** What one measurement should take at least, in seconds. */
const LONG_ENOUGH = 0.05;

/** The kernels that are measured. */
export function kernelShapes(): KernelShape[] {
  const text = readFileSync(join(ROOT, 'bench', 'kernel-shapes.json'), 'utf8');
  const { linear, attention }: Record<'linear' | 'attention', [number, number, number][]> = JSON.parse(text);
  return [
    ...linear.map(([M, K, N]): KernelShape => ({ kind: 'linear', M, K, N })),
    ...attention.map(([A, T, K]): KernelShape => ({ kind: 'attention', A, T, K })),
  ];
}

/** For instance `257×768 · 768×3072`. */
export function kernelName(shape: KernelShape): string {
  return shape.kind === 'linear'
    ? `${shape.M}×${shape.K} · ${shape.K}×${shape.N}`
    : `attention, ${shape.A} heads, ${shape.T} tokens`;
}

/** Measures one kernel on those of the plan's engines that have it alone. */
export async function measureKernel(shape: KernelShape, plan: Plan): Promise<KernelCaseResult> {
  const operations = kernelOperations(shape);
  const results: KernelResult[] = [];
  const participants: (Participant & { result: KernelResult })[] = [];
  const limit = new Limit(plan.threads, plan);
  try {
    await limit.warmUp();
    plan.progress(kernelName(shape));
    for (const engine of plan.engines.filter((name) => KERNEL_ENGINES.includes(name))) {
      const result: KernelResult = { engine, seconds: [] };
      results.push(result);
      let child: Child | undefined;
      try {
        child = new Child(engine, plan.threads, plan);
        const measure = await warm(child, shape, plan.threads);
        participants.push({ child, measure, seconds: result.seconds, result });
      } catch (error) {
        result.problem = error instanceof Error ? error.message : String(error);
        await child?.close();
      }
    }
    const { limits } = await takeTurns(participants, { limit }, plan);
    for (const { problem, result } of participants) if (problem !== undefined) result.problem = problem;
    return { kernel: kernelName(shape), threads: plan.threads, operations, limits, engines: results };
  } finally {
    await limit.close();
    for (const { child } of participants) await child.close();
  }
}

/** Makes the kernel, lets its engine compile it, and finds out how often to run it in one measurement. */
async function warm(child: Child, kernel: KernelShape, threads: number): Promise<() => Promise<number>> {
  await child.ask({ do: 'prepare', kernel, threads });
  let times = 1;
  let seconds = 0;
  do {
    if (seconds > 0) times = Math.ceil((times * LONG_ENOUGH * 1.2) / Math.max(seconds, LONG_ENOUGH / 8));
    ({ seconds } = await child.ask({ do: 'repeat', times }));
  } while (seconds < LONG_ENOUGH);
  return async () => (await child.ask({ do: 'repeat', times })).seconds / times;
}
