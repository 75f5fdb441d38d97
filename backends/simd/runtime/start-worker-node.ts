/** Workers in Node. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type StartWorker, WORKER_PROGRAM } from './worker-source.ts';

/** Source of a CommonJS worker. */
const SOURCE = `${WORKER_PROGRAM}
begin(require('node:worker_threads').workerData);`;

/** Cores this process may use. */
export function countCores(): number {
  return availableParallelism();
}

/** Starts a worker thread that does not keep the process alive. */
export const startWorker: StartWorker = (start, onEnd) => {
  const worker = new Worker(SOURCE, {
    eval: true,
    workerData: start,
    // the flags of this process are none of the worker's business; some would make it read its source as a module
    execArgv: [],
    name: `simd ${start.thread}`,
  });
  worker.unref();
  worker.on('error', onEnd);
  worker.on('exit', (code) => onEnd(new Error(`a worker that ended with code ${code}`)));
  return { terminate: () => void worker.terminate() };
};
