/** The workers that help the main thread with a job. */
import { Dinov2Error } from '../../../errors/errors.ts';
import { GATE, READY } from '../control-block.ts';
import type { Heap } from './heap.ts';
import type { KernelExports } from './load-kernels.ts';
import type { RunningWorker, StartWorker } from './worker-source.ts';

/** Seconds to wait for a worker that is inside a job before it is given up. */
const PATIENCE = 30;
/** Workers started anew after a failure before the team gives up on workers. */
const MAXIMUM_RESTARTS = 4;

/** What a team is made of. */
export interface TeamOptions {
  heap: Heap;
  module: WebAssembly.Module;
  exports: KernelExports;
  startWorker: StartWorker;
}

/**
 * A main thread and its workers.
 *
 * Work items are taken from a counter, so nobody waits for a worker that has not come up, or that the system has put
 * aside between items: whoever is there does the work.
 */
export class Team {
  /** why a worker ended or dropped a job, latest last */
  readonly failures: unknown[] = [];
  private readonly options: TeamOptions;
  private readonly workers = new Map<number, RunningWorker>();
  private wanted: number;
  private restarts = 0;
  private number = 0;

  /** @param threads the main thread included */
  constructor(threads: number, options: TeamOptions) {
    this.wanted = threads;
    this.options = options;
  }

  /** Threads, the main thread included. */
  get threads(): number {
    return this.wanted;
  }

  /** Does the job in the control block together; the result does not depend on who was there. */
  work(): void {
    const { exports } = this.options;
    this.enlist();
    let dropped = 0;
    exports.open();
    try {
      exports.workAlong();
    } finally {
      dropped = exports.close(PATIENCE);
      if (dropped < 0) this.giveUp();
    }
    if (dropped === 0) return;
    if (dropped > 0) this.failures.push(new Dinov2Error(`${dropped} worker(s) that dropped a job`));
    exports.workAlone();
  }

  /** Sets the number of threads; takes effect with the next job. */
  resize(threads: number): void {
    if (threads === this.wanted) return;
    this.dissolve();
    this.wanted = threads;
    this.restarts = 0;
  }

  /** Lets all workers go. */
  dissolve(): void {
    this.workers.clear();
    this.number = this.options.exports.dissolve();
  }

  /** Starts the workers that are missing; in browsers they come up when the thread that started them is idle. */
  enlist(): void {
    for (let thread = 1; thread < this.wanted; thread++) {
      if (this.workers.has(thread)) continue;
      try {
        this.start(thread);
      } catch (reason) {
        this.lose(thread, reason);
      }
    }
  }

  private start(thread: number): void {
    const { module, heap, startWorker } = this.options;
    const worker = startWorker({ module, memory: heap.memory, thread, team: this.number }, (reason) => {
      if (this.workers.get(thread) === worker) this.lose(thread, reason);
    });
    this.workers.set(thread, worker);
  }

  private lose(thread: number, reason: unknown): void {
    this.workers.delete(thread);
    this.failures.push(reason);
    this.restarts += 1;
    // where workers are forbidden, or their program fails at once, more of them would fare no better
    const noneIsUp = Atomics.load(this.options.heap.ints, READY / 4) === 0;
    if (noneIsUp || this.restarts > MAXIMUM_RESTARTS) this.goOnAlone(reason);
  }

  // a worker that died inside a job never leaves it: end them all
  private giveUp(): void {
    for (const worker of this.workers.values()) worker.terminate();
    const reason = new Dinov2Error(`a worker that did not come out of a job for ${PATIENCE} s`);
    this.failures.push(reason);
    this.goOnAlone(reason);
    Atomics.store(this.options.heap.ints, GATE / 4, 0);
  }

  private goOnAlone(reason: unknown): void {
    this.dissolve();
    this.wanted = 1;
    const text = reason instanceof Error ? reason.message : String(reason);
    console.warn(`simd: expected workers, got ${text}; going on with one thread`);
  }
}
