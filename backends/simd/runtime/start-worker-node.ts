/** Workers in Node. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { NODE_WORKER_SOURCE, type StartWorker } from './worker-source.ts';

/** Cores this process may use. */
export function countCores(): number {
  return availableParallelism();
}

/** Starts a worker thread that does not keep the process alive. */
export const startWorker: StartWorker = (start, onEnd) => {
  const worker = new Worker(NODE_WORKER_SOURCE, {
    eval: true,
    workerData: start,
    // the flags of this process are none of the worker's business; some would make it read its source as a module
    execArgv: [],
    name: `simd ${start.thread}`,
  });
  worker.unref();
  worker.on('error', onEnd);
  worker.on('exit', (code) => onEnd(new Error(`worker ended with code ${code}`)));
  return { terminate: () => void worker.terminate() };
};
