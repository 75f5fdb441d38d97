/** The WebAssembly memory all tensors of the backend share. */
import { DeviceError } from '../../../errors/errors.ts';
import { HEAP } from '../control-block.ts';
import { Allocator } from './allocator.ts';

const PAGE = 65536;
/** Growing is noticed by every worker, so it is done in steps of at least 8 MiB. */
const STEP_PAGES = 128;
/** 32-bit addresses; the last page stays unused, so that a vector may be read past the end of any block. */
const MAXIMUM_PAGES = 65536;

/**
 * A memory, the blocks in it, and views of it.
 *
 * Growing the memory leaves views of the old one detached, or too short where it is shared: views are always taken
 * from here, at the time of use, and never kept.
 */
export class Heap {
  readonly memory: WebAssembly.Memory;
  readonly shared: boolean;
  private readonly allocator: Allocator;
  /** what the attempt that is going on has allocated and neither released nor kept */
  private readonly pending = new Set<number>();
  private attempting = false;
  private floatView: Float32Array<ArrayBufferLike>;
  private intView: Int32Array<ArrayBufferLike>;
  private byteView: Uint8Array<ArrayBufferLike>;

  /** @throws DeviceError if the engine refuses to reserve the memory */
  constructor(shared: boolean) {
    this.shared = shared;
    this.memory = reserve(shared);
    this.floatView = new Float32Array(this.memory.buffer);
    this.intView = new Int32Array(this.memory.buffer);
    this.byteView = new Uint8Array(this.memory.buffer);
    this.allocator = new Allocator(HEAP, (end) => this.growTo(end));
  }

  /** The whole memory as floats; valid until the next allocation. */
  get floats(): Float32Array<ArrayBufferLike> {
    return this.floatView;
  }

  /** The whole memory as 32-bit integers; valid until the next allocation. */
  get ints(): Int32Array<ArrayBufferLike> {
    return this.intView;
  }

  /** The whole memory as bytes; valid until the next allocation. */
  get bytes(): Uint8Array<ArrayBufferLike> {
    return this.byteView;
  }

  /** Bytes in blocks that are in use. */
  get bytesInUse(): number {
    return this.allocator.bytesInUse;
  }

  /** Blocks in use. */
  get blocks(): number {
    return this.allocator.blocks;
  }

  /**
   * @returns the address of a block of at least `bytes` bytes, aligned to 64, contents undefined
   * @throws DeviceError if the memory can't grow that far
   */
  allocate(bytes: number): number {
    const address = this.allocator.allocate(bytes);
    if (this.attempting) this.pending.add(address);
    return address;
  }

  release(address: number): void {
    this.pending.delete(address);
    this.allocator.release(address);
  }

  /** Gives every block back. */
  clear(): void {
    this.allocator.clear();
  }

  /** Excepts a block from being given back if the attempt that is going on fails. */
  keep(address: number): void {
    this.pending.delete(address);
  }

  /** Runs `work`; if it throws, every block it has allocated and not kept is given back. */
  attempt<Result>(work: () => Result): Result {
    // an attempt within another one is a part of it
    if (this.attempting) return work();
    this.attempting = true;
    try {
      return work();
    } catch (error) {
      for (const address of this.pending) this.allocator.release(address);
      throw error;
    } finally {
      this.attempting = false;
      this.pending.clear();
    }
  }

  /** A block holding `values`. */
  allocateValues(values: ArrayLike<number>): number {
    const address = this.allocate(values.length * 4);
    this.floatView.set(values, address / 4);
    return address;
  }

  /** A copy of `length` floats, outside of the memory. */
  copyOut(address: number, length: number): Float32Array<ArrayBuffer> {
    const copy = new Float32Array(length);
    copy.set(this.floatView.subarray(address / 4, address / 4 + length));
    return copy;
  }

  private growTo(end: number): void {
    const missing = Math.ceil(end / PAGE) + 1 - this.memory.buffer.byteLength / PAGE;
    if (missing <= 0) return;
    try {
      this.growBy(missing);
    } catch (cause) {
      const wanted = Math.ceil(end / 2 ** 20);
      throw new DeviceError(
        `simd: expected ${wanted} MiB to fit into one WebAssembly memory, got refused by the engine; call dispose() on outputs and models that are done with, or use smaller batches or images`,
        { cause },
      );
    }
    this.floatView = new Float32Array(this.memory.buffer);
    this.intView = new Int32Array(this.memory.buffer);
    this.byteView = new Uint8Array(this.memory.buffer);
  }

  // in a step of the usual size, or, near the end of the memory, by what is missing
  private growBy(missing: number): void {
    if (missing < STEP_PAGES) {
      try {
        this.memory.grow(STEP_PAGES);
        return;
      } catch {
        // less may still be there
      }
    }
    this.memory.grow(missing);
  }
}

// engines with little address space refuse to reserve 4 GiB for a shared memory; they get less
function reserve(shared: boolean): WebAssembly.Memory {
  let refusal: unknown;
  for (const maximum of [MAXIMUM_PAGES, MAXIMUM_PAGES / 2, MAXIMUM_PAGES / 4, MAXIMUM_PAGES / 8]) {
    try {
      return new WebAssembly.Memory({ initial: STEP_PAGES, maximum, shared });
    } catch (error) {
      refusal = error;
    }
  }
  throw new DeviceError('simd: expected a WebAssembly memory, got refused by the engine', { cause: refusal });
}
