import { jest } from '@jest/globals';
import { READY } from '../control-block.ts';
import { Job } from '../job.ts';
import { OP_NEG, UNARY } from '../job-kinds.ts';
import { SimdBackend } from '../simd-backend.ts';
import * as slots from '../slots/unary.ts';
import { Heap } from './heap.ts';
import { type KernelExports, loadKernels } from './load-kernels.ts';
import { Runtime } from './runtime.ts';
import { Team } from './team.ts';
import type { StartWorker } from './worker-source.ts';

/** A team whose workers are started by `startWorker`, and a job for it: the negatives of some numbers. */
async function prepare(
  threads: number,
  startWorker: StartWorker,
): Promise<{ team: Team; negate: () => number[] }> {
  const module = await loadKernels({ relaxed: false, team: true });
  const heap = new Heap(true);
  const instance = new WebAssembly.Instance(module, { env: { memory: heap.memory } });
  const team = new Team(threads, {
    heap,
    module,
    exports: instance.exports as unknown as KernelExports,
    startWorker,
  });
  const values = [1, 2, 3, 4];
  const from = heap.allocateValues(values);
  const to = heap.allocate(16);
  const job = new Job(UNARY, slots);
  const negate = (): number[] => {
    heap.floats.fill(0, to / 4, to / 4 + 4);
    job.write(heap.ints, heap.floats, { op: OP_NEG, x: from, y: to, count: values.length });
    team.work();
    return [...heap.copyOut(to, values.length)];
  };
  return { team, negate };
}

let notes: jest.SpiedFunction<typeof console.warn>;

beforeEach(() => {
  notes = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
});

afterEach(() => notes.mockRestore());

test('where no worker may be started the main thread does the work, and says so once', async () => {
  let attempts = 0;
  const { team, negate } = await prepare(8, () => {
    attempts++;
    throw new Error('the policy forbids it');
  });
  expect(negate()).toEqual([-1, -2, -3, -4]);
  expect(team.threads).toBe(1);
  expect(attempts).toBe(1);
  expect(notes).toHaveBeenCalledTimes(1);
  expect(notes).toHaveBeenCalledWith(
    expect.stringMatching(/the policy forbids it; going on with one thread/),
  );
});

test('a worker that ends before it has come up is not started again', async () => {
  const ends: ((reason: unknown) => void)[] = [];
  const { team, negate } = await prepare(3, (_, onEnd) => {
    ends.push(onEnd);
    return { terminate: () => undefined };
  });
  expect(negate()).toEqual([-1, -2, -3, -4]);
  for (const end of ends) end(new Error('could not be loaded'));
  expect(negate()).toEqual([-1, -2, -3, -4]);
  expect(team.threads).toBe(1);
  expect(ends).toHaveLength(2);
  expect(notes).toHaveBeenCalledTimes(1);
});

test('the number of threads can be asked for again', async () => {
  const { team } = await prepare(2, () => {
    throw new Error('not now');
  });
  team.work();
  expect(team.threads).toBe(1);
  team.resize(2);
  expect(team.threads).toBe(2);
});

test('workers come up with the first weight, before there is a job, and leave when the runtime is let go', async () => {
  const runtime = await Runtime.create({ threads: 3, relaxed: false });
  const workersUp = () => Atomics.load(runtime.heap.ints, READY / 4);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(workersUp()).toBe(0);
  const weight = { bytes: new Uint8Array(32 * 4), dtype: 'F32', rows: 8 } as const;
  new SimdBackend(runtime).writeLinearWeight([weight], [8, 4], 'f32');
  while (workersUp() < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  runtime.dispose();
  while (workersUp() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(runtime.team?.failures).toEqual([]);
});
