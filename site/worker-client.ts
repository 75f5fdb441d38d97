/** The page's end of the worker: it computes one request at a time, the others wait; any can be cancelled. */
import { ASIDE, type CallName, type Calls, type Cost, type ToPage, type ToWorker } from './protocol.ts';

/** How a request is made. */
export interface CallOptions<Progress> {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: Progress) => void;
  /** what is handed over, and gone from the page */
  readonly transfer?: readonly Transferable[];
}

interface Waiting {
  readonly message: ToWorker;
  readonly transfer: readonly Transferable[];
  readonly onProgress: ((progress: never) => void) | undefined;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
  readonly since: number;
}

/** An error of the library, with the name it had in the worker. */
export class WorkerError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Tells `cost` of each answer, `busy` when a request is sent, and `idle` when none is left. */
export class WorkerClient extends EventTarget {
  private readonly worker: Worker;
  private readonly queue: Waiting[] = [];
  private current: Waiting | undefined;
  /** those that wait for the network or the disk beside what is computed, by their ids */
  private readonly aside = new Map<number, Waiting>();
  private lastId = 0;

  constructor(worker: Worker) {
    super();
    this.worker = worker;
    worker.onmessage = ({ data }: MessageEvent<ToPage>) => this.receive(data);
    worker.onerror = ({ message }) => this.fail(new WorkerError('WorkerError', startFailure(message)));
  }

  /**
   * Sends a request when those before it are answered.
   *
   * @throws the signal's reason; WorkerError with what the library said
   */
  call<Name extends CallName>(
    name: Name,
    request: Calls[Name]['request'],
    { signal, onProgress, transfer = [] }: CallOptions<Calls[Name]['progress']> = {},
  ): Promise<Calls[Name]['result']> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const id = ++this.lastId;
      const message = { id, call: name, request } as ToWorker;
      const waiting = { message, transfer, onProgress, resolve, reject, since: performance.now() };
      signal?.addEventListener('abort', () => this.cancel(waiting, signal.reason), { once: true });
      if (ASIDE.has(name)) {
        this.aside.set(id, waiting);
        this.worker.postMessage(message);
        this.tell();
      } else {
        this.queue.push(waiting);
        this.next();
      }
    });
  }

  private next(): void {
    if (this.current !== undefined) return;
    this.current = this.queue.shift();
    this.tell();
    if (this.current === undefined) return;
    this.worker.postMessage(this.current.message, [...this.current.transfer]);
  }

  private tell(): void {
    const isIdle = this.current === undefined && this.aside.size === 0;
    this.dispatchEvent(new Event(isIdle ? 'idle' : 'busy'));
  }

  /** Ends a request: one that waits is never sent, and of one that is underway the answer is not waited for. */
  private cancel(waiting: Waiting, reason: unknown): void {
    const place = this.queue.indexOf(waiting);
    if (place >= 0) this.queue.splice(place, 1);
    else if (this.current === waiting || this.aside.get(waiting.message.id) === waiting) {
      this.worker.postMessage({ id: waiting.message.id, call: 'cancel' } satisfies ToWorker);
    }
    waiting.reject(reason);
  }

  private receive(data: ToPage): void {
    const waiting = this.aside.get(data.id) ?? this.current;
    if (waiting === undefined || data.id !== waiting.message.id) return;
    if (data.kind === 'progress') {
      waiting.onProgress?.(data.progress as never);
      return;
    }
    if (!this.aside.delete(data.id)) this.current = undefined;
    if (data.kind === 'done') {
      this.measure(waiting, data.cost);
      waiting.resolve(data.result as never);
    } else waiting.reject(new WorkerError(data.name, remedied(data.message)));
    this.next();
    this.tell();
  }

  /** Leaves a mark among the page's timings, which developer tools and tests read. */
  private measure({ message, since }: Waiting, cost: Cost): void {
    performance.measure(`dinov2 ${message.call}`, { start: since, detail: cost });
    this.dispatchEvent(new CustomEvent<Cost>('cost', { detail: cost }));
  }

  private fail(error: Error): void {
    for (const waiting of [this.current, ...this.queue.splice(0), ...this.aside.values()])
      waiting?.reject(error);
    this.current = undefined;
    this.aside.clear();
    this.next();
  }
}

function startFailure(message: string | undefined): string {
  return `The worker could not be started${message ? `: ${message}` : ''}. Load the page again; if it happens again, the browser may be too old: it needs module workers and WebAssembly with SIMD.`;
}

/** Modules are fetched when they are needed: those of a page that is older than its server's files are gone by then. */
function remedied(message: string): string {
  return /dynamically imported module|importing a module script/i.test(message)
    ? 'This page is older than the files on its server. Load it again.'
    : message;
}
