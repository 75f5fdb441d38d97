/** Workers in browsers. */
import { BROWSER_WORKER_SOURCE, type StartWorker } from './worker-source.ts';

/** Cores the browser admits to. */
export function countCores(): number {
  return navigator.hardwareConcurrency;
}

/** Starts a worker from text; the page's content security policy has to allow `blob:` workers. */
export const startWorker: StartWorker = (start, onEnd) => {
  const url = URL.createObjectURL(new Blob([BROWSER_WORKER_SOURCE], { type: 'text/javascript' }));
  const worker = new Worker(url, { name: `simd ${start.thread}` });
  worker.onerror = (event) => onEnd(new Error(event.message));
  worker.postMessage(start);
  URL.revokeObjectURL(url);
  return { terminate: () => worker.terminate() };
};
