/**
 * Where the values of a tensor of this backend are: in a plain array, in the memory of the kernels, or in panels.
 *
 * TF.js's own CPU kernels read `values`: an array in the first case, a view of the memory in the second, a fresh array
 * in the third. Views are made when asked for, because the memory may grow between two kernels.
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { Heap } from './runtime/heap.ts';

/** What TF.js's CPU backend keeps of a tensor. */
export type TensorData = ReturnType<MathBackendCPU['data']['get']>;

/** float32 values that are no plain array: in the memory of the kernels, or in panels of some kind. */
export abstract class StoredElsewhere implements TensorData {
  readonly dtype = 'float32';
  refCount: number;

  constructor(refCount = 1) {
    this.refCount = refCount;
  }

  /** Bytes that it takes. */
  abstract get byteLength(): number;
  /** The row-major values; of panels in an array of their own. */
  abstract get values(): Float32Array;
  /** Gives back what it has in the memory. */
  abstract free(): void;
}

/** float32 values in the memory of the kernels, row-major. */
export class ResidentValues extends StoredElsewhere {
  readonly address: number;
  readonly size: number;
  private readonly heap: Heap;

  /** @param size how many values */
  constructor(heap: Heap, address: number, size: number, refCount: number) {
    super(refCount);
    this.heap = heap;
    this.address = address;
    this.size = size;
  }

  get byteLength(): number {
    return 4 * this.size;
  }

  /** A view that is valid until the next allocation. */
  get values(): Float32Array {
    return this.heap.floats.subarray(this.address / 4, this.address / 4 + this.size);
  }

  /** A copy outside of the memory. */
  copy(): Float32Array {
    return this.heap.copyOut(this.address, this.size);
  }

  free(): void {
    this.heap.release(this.address);
  }
}
