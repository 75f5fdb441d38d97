/** Workers in browsers. */
import { DeviceError } from '../../../errors/errors.ts';
import { type StartWorker, WORKER_PROGRAM } from './worker-source.ts';

/** Source of a classic worker. */
const SOURCE = `${WORKER_PROGRAM}
onmessage = ({ data }) => {
  begin(data);
  close();
};`;

/** The address of the source; one for all workers, kept, as not every browser reads it before it could be revoked. */
let address: string | undefined;

/** Cores the browser admits to. */
export function countCores(): number {
  return navigator.hardwareConcurrency;
}

/** Starts a worker from text; the page's content security policy has to allow `blob:` workers. */
export const startWorker: StartWorker = (start, onEnd) => {
  address ??= URL.createObjectURL(new Blob([SOURCE], { type: 'text/javascript' }));
  const worker = new Worker(address, { name: `simd ${start.thread}` });
  worker.onerror = (event) => onEnd(new DeviceError(reasonOf(event)));
  worker.postMessage(start);
  return { terminate: () => worker.terminate() };
};

// an error in the worker comes with a message; a worker that could not be loaded, with none
function reasonOf({ message }: Partial<ErrorEvent>): string {
  return message
    ? `a worker that ended with ${message}`
    : 'a worker that could not be loaded (a content security policy has to allow worker-src blob:)';
}
