/** Threads of Node that decode, resize and normalise images while the thread that started them does something else. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Dinov2Error, ImageError, OptionError, SourceError } from '../errors/errors.ts';
import type { BitImageProcessor } from './image-processor.ts';
import type { PixelValues } from './pixel-values.ts';

/** The bytes of a file, or its path, its `file:` URL or a `data:` URL. */
export type EncodedImage = string | Uint8Array;

/** What a thread is asked. */
export interface PreprocessRequest {
  id: number;
  image: EncodedImage;
  name: string;
}

/** What it answers. */
export type PreprocessAnswer = { id: number } & (
  | { pixelValues: PixelValues }
  | { kind: string; message: string }
);

/** What a thread is to do, and who waits for it. */
interface Pending extends PreprocessRequest {
  resolve(pixelValues: PixelValues): void;
  reject(error: unknown): void;
}

/** Threads beyond this many hardly ever have something to do. */
const MOST_THREADS = 8;
/** Images that each thread has, so that it need not wait for the next. */
const IMAGES_EACH = 2;

const ERRORS = [ImageError, SourceError, OptionError];

/** One thread, and what it has not answered yet. */
interface Thread {
  worker: Worker;
  pending: Map<number, Pending>;
  hasAnswered: boolean;
}

/**
 * One thread at first; one more whenever somebody had to wait for all of them, and at most one a core.
 *
 * Where a thread can't be started, or dies, its images are done in the thread that asked.
 */
export class PreprocessThreads {
  private readonly processor: BitImageProcessor;
  private readonly ending: AbortSignal;
  private readonly threads: Thread[] = [];
  private readonly most = Math.min(MOST_THREADS, availableParallelism());
  private number = 0;
  private broken = false;
  private turn: Promise<unknown> = Promise.resolve();

  /** @param ending aborted when nobody waits for images any more */
  constructor(processor: BitImageProcessor, ending: AbortSignal) {
    this.processor = processor;
    this.ending = ending;
  }

  /** So many images on their way keep all threads busy. */
  get useful(): number {
    return this.threads.length * IMAGES_EACH;
  }

  /**
   * @param image bytes in memory of their own, which nobody changes
   * @param name for error messages
   * @returns [1, 3, H, W], the bits that the processor itself gives
   * @throws what the processor's `preprocess` throws, with the same message
   */
  preprocess(image: EncodedImage, name: string): Promise<PixelValues> {
    if (this.threads.length === 0) this.grow();
    const [first, ...others] = this.threads;
    if (first === undefined) return this.here({ image, name });
    const thread = others.reduce((a, b) => (b.pending.size < a.pending.size ? b : a), first);
    return new Promise((resolve, reject) => {
      const request: PreprocessRequest = { id: this.number++, image, name };
      thread.pending.set(request.id, { ...request, resolve, reject });
      thread.worker.ref();
      thread.worker.postMessage(request);
    });
  }

  /** Says that somebody waits for an image: another thread is started, unless one has only just been. */
  waitedFor(): void {
    if (this.threads.length > 0 && this.threads.every(({ hasAnswered }) => hasAnswered)) this.grow();
  }

  /** Ends all threads; what they have not answered is rejected with the reason of `ending`. */
  close(): void {
    for (const { worker, pending } of this.threads.splice(0)) {
      void worker.terminate();
      for (const { reject } of pending.values()) reject(this.ending.reason);
    }
  }

  private grow(): void {
    if (this.broken || this.threads.length >= this.most) return;
    const worker = this.start();
    if (worker === undefined) return;
    // one that has nothing to do keeps no process alive
    worker.unref();
    const thread: Thread = { worker, pending: new Map(), hasAnswered: false };
    this.threads.push(thread);
    worker.on('message', (answer: PreprocessAnswer) => take(thread, answer));
    // the images of one that ends by itself are done here; `exit` follows every `error`
    worker.on('error', () => undefined);
    worker.on('exit', () => this.lose(thread));
  }

  private start(): Worker | undefined {
    const { config, backend } = this.processor;
    try {
      return new Worker(new URL('./preprocess-thread-node.js', import.meta.url), {
        workerData: { config, backend },
        // the flags of this process, such as a test runner's, are none of the thread's business
        execArgv: [],
        name: 'preprocess',
      });
    } catch {
      // a process that may have none, or a bundle without this file
      this.broken = true;
      return undefined;
    }
  }

  private lose(thread: Thread): void {
    const at = this.threads.indexOf(thread);
    if (at < 0) return;
    this.threads.splice(at, 1);
    this.broken = true;
    for (const { resolve, reject, ...request } of thread.pending.values()) {
      this.here(request).then(resolve, reject);
    }
  }

  /** One after the other: two at once would be in memory together, and no sooner done. */
  private here({ image, name }: Omit<PreprocessRequest, 'id'>): Promise<PixelValues> {
    const done = this.turn.then(() => {
      this.ending.throwIfAborted();
      return this.processor.preprocess(image, { names: [name] });
    });
    this.turn = done.catch(() => undefined);
    return done.then(({ pixelValues }) => pixelValues);
  }
}

function take(thread: Thread, answer: PreprocessAnswer): void {
  const asked = thread.pending.get(answer.id);
  thread.pending.delete(answer.id);
  thread.hasAnswered = true;
  if (thread.pending.size === 0) thread.worker.unref();
  if ('pixelValues' in answer) asked?.resolve(answer.pixelValues);
  else asked?.reject(errorOf(answer));
}

/** An error of the library as it was; any other as one that says what it was. */
function errorOf({ kind, message }: { kind: string; message: string }): Error {
  const Kind = ERRORS.find(({ name }) => name === kind);
  if (Kind !== undefined) return new Kind(message);
  return kind === 'Dinov2Error' ? new Dinov2Error(message) : new Error(message);
}
