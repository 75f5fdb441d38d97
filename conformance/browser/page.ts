/** The page: lets Node hand in an order for either thread. */
import { carryOut } from './carry-out.ts';
import type { Order, Report, Thread } from './set-ups.ts';

function carryOutInWorker(order: Order): Promise<Report> {
  const worker = new Worker(new URL('worker.js', order.root), { type: 'module', name: 'page' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Report>) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(`worker: ${message || 'could not be loaded'}`));
    worker.postMessage(order);
  });
}

/** What Node calls. */
export type HandIn = (thread: Thread, order: Order) => Promise<Report>;

const handIn: HandIn = (thread, order) => (thread === 'main' ? carryOut(order) : carryOutInWorker(order));
Object.assign(globalThis, { handIn });
