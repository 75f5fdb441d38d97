/** The kernels, the memory they work on, and the threads they run on. */
import { isNode } from '../../../platform/is-node.ts';
import { MAXIMUM_THREADS, requireThreads } from '../../require-threads.ts';
import { MAY_WAIT } from '../control-block.ts';
import type { Job, JobParameters } from '../job.ts';
import { Heap } from './heap.ts';
import { type Int8Kernel, suitableInt8Kernel } from './int8-kernel.ts';
import { hasRelaxedSimd, type KernelExports, loadKernels } from './load-kernels.ts';
import { Team } from './team.ts';

/** Options of the runtime. */
export interface RuntimeOptions {
  /** threads, the main thread included; default the number of cores; 1 where no memory can be shared */
  threads?: number | undefined;
  /** whether to use relaxed SIMD; default: whether the engine has it */
  relaxed?: boolean | undefined;
  /** what multiplies weights of 8 bits, `split` only with relaxed SIMD; default: what suits the processor */
  int8Kernel?: Int8Kernel | undefined;
}

/** Whether a memory can be shared with workers: not in pages that are not cross-origin isolated. */
function canShareMemory(): boolean {
  return typeof SharedArrayBuffer === 'function' && globalThis.crossOriginIsolated !== false;
}

/** Everything the backend computes with. */
export class Runtime {
  readonly heap: Heap;
  readonly relaxed: boolean;
  readonly int8Kernel: Int8Kernel;
  readonly exports: KernelExports;
  /** undefined where no memory can be shared */
  readonly team: Team | undefined;
  private scratchAddress = 0;
  private scratchBytes = 0;

  private constructor(parts: Pick<Runtime, 'heap' | 'relaxed' | 'int8Kernel' | 'exports' | 'team'>) {
    this.heap = parts.heap;
    this.relaxed = parts.relaxed;
    this.int8Kernel = parts.int8Kernel;
    this.exports = parts.exports;
    this.team = parts.team;
  }

  /**
   * @throws DeviceError if the engine lacks SIMD, or memory
   * @throws OptionError if `threads` is not an integer from 1 to 256
   */
  static async create(options: RuntimeOptions = {}): Promise<Runtime> {
    const { threads, relaxed = hasRelaxedSimd() } = options;
    if (threads !== undefined) requireThreads('simd', threads);
    const { countCores, startWorker } = isNode()
      ? await import('#node/backends/simd/runtime/start-worker')
      : await import('./start-worker-browser.ts');
    const shared = canShareMemory();
    if (!shared && threads !== undefined) sayAlone(threads);
    const module = await loadKernels({ relaxed, team: shared });
    const heap = new Heap(shared);
    const exports = await instantiate(module, heap);
    heap.ints[MAY_WAIT / 4] = mayWait() ? 1 : 0;
    const wanted = threads ?? Math.min(countCores(), MAXIMUM_THREADS);
    // of one thread too: more may be asked for later
    const team = shared ? new Team(wanted, { heap, module, exports, startWorker }) : undefined;
    const int8Kernel = options.int8Kernel ?? suitableInt8Kernel(exports, relaxed);
    return new Runtime({ heap, relaxed, int8Kernel, exports, team });
  }

  /** Threads, the main thread included. */
  get threads(): number {
    return this.team?.threads ?? 1;
  }

  /**
   * Sets the number of threads; where no memory can be shared the runtime stays on one, and says so.
   *
   * @throws OptionError if `threads` is not an integer from 1 to 256
   */
  setThreads(threads: number): void {
    requireThreads('simd', threads);
    if (this.team !== undefined) this.team.resize(threads);
    else sayAlone(threads);
  }

  /**
   * Runs a job to its end.
   *
   * @param together whether it is worth waking the workers
   */
  run<Slots extends object, List extends keyof Slots & string>(
    job: Job<Slots, List>,
    parameters: JobParameters<Slots, List>,
    together: boolean,
  ): void {
    job.write(this.heap.ints, this.heap.floats, parameters);
    if (together && this.team !== undefined && this.team.threads > 1) this.team.work();
    else this.exports.workAlone();
  }

  /**
   * Working space for each thread; its contents are undefined, and the next call may move it.
   *
   * @param bytes bytes for one thread
   * @returns the address of the main thread's part, and the bytes from one thread's part to the next
   */
  scratch(bytes: number): { address: number; stride: number } {
    const stride = Math.ceil(bytes / 4096) * 4096 + 64;
    const total = stride * this.threads;
    if (total > this.scratchBytes) {
      if (this.scratchAddress !== 0) this.heap.release(this.scratchAddress);
      this.scratchAddress = 0;
      this.scratchBytes = 0;
      this.scratchAddress = this.heap.allocate(total);
      this.heap.keep(this.scratchAddress);
      this.scratchBytes = total;
    }
    return { address: this.scratchAddress, stride };
  }

  /** Lets the workers go, and everything in the memory; what is run next starts anew. */
  dispose(): void {
    this.team?.dissolve();
    this.heap.clear();
    this.scratchAddress = 0;
    this.scratchBytes = 0;
  }
}

async function instantiate(module: WebAssembly.Module, { memory }: Heap): Promise<KernelExports> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  return exports as unknown as KernelExports;
}

// the thread of a browser's window may not sleep
function mayWait(): boolean {
  return typeof document === 'undefined';
}

function sayAlone(threads: number): void {
  if (threads === 1) return;
  console.warn(
    `simd: expected memory that threads can share, as in a cross-origin isolated page, got none; going on with 1 of ${threads} threads`,
  );
}
