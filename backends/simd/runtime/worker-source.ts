/**
 * What a worker does, as text, so that neither Node nor a browser has to find a file.
 *
 * `begin` gets the compiled kernels, the shared memory, and the worker's number in its team. A trap inside a job gives
 * the job up, for the main thread to do over; the worker goes on with the next.
 */
export const WORKER_PROGRAM = `'use strict';
function begin({ module, memory, thread, team }) {
  const { workerLoop, abandon } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  for (;;) {
    try {
      workerLoop(thread, team);
      return;
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      abandon();
    }
  }
}`;

/** What a worker starts with. */
export interface WorkerStart {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  thread: number;
  /** the number of the worker's team, see `control-block.ts` */
  team: number;
}

/** A running worker, in Node or in a browser. */
export interface RunningWorker {
  terminate(): void;
}

/** Starts a worker; `onEnd` is called once if it ends by itself, with the reason. */
export type StartWorker = (start: WorkerStart, onEnd: (reason: unknown) => void) => RunningWorker;
