/**
 * Where the values of a tensor of this backend are: in a plain array, in the memory of the kernels, or in panels.
 *
 * TF.js's own CPU kernels read `values`: an array in the first case, a view of the memory in the second, a fresh array
 * in the third. Views are made when asked for, because the memory may grow between two kernels.
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { widenBfloat16, widenFloat16 } from '../../bytes/half.ts';
import type { WeightDtype } from '../../ops/linear-weight.ts';
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

  /** The row-major values. */
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

/** Room for panels: outside of the memory if more bytes than `inside` would be in use with them. */
export function makeStore(heap: Heap, bytes: number, inside: number): PanelStore {
  if (heap.bytesInUse + bytes <= inside) return { address: heap.allocate(bytes) };
  return { outside: new Uint8Array(bytes) };
}

/** How the values of panels are kept. */
export type PanelFormat = Exclude<WeightDtype, 'I8'>;

/** Panels of a weight in the memory of the kernels, or in an array outside of it. */
export type PanelStore = { address: number } | { outside: Uint8Array<ArrayBuffer> };

/** A weight [N, K] in panels of 8 outputs, in float32 or in the 16 bits it was published in. */
export class PackedWeight extends StoredElsewhere {
  readonly store: PanelStore;
  readonly format: PanelFormat;
  readonly outputs: number;
  readonly inputs: number;
  private readonly heap: Heap;

  /**
   * @param outputs N
   * @param inputs K
   */
  constructor(heap: Heap, store: PanelStore, format: PanelFormat, outputs: number, inputs: number) {
    super();
    this.heap = heap;
    this.store = store;
    this.format = format;
    this.outputs = outputs;
    this.inputs = inputs;
  }

  /** Bytes of one panel. */
  get panelBytes(): number {
    return panelBytes(this.format, this.inputs);
  }

  /** Bytes of all panels. */
  get byteLength(): number {
    return Math.ceil(this.outputs / 8) * this.panelBytes;
  }

  /** The panels as bytes, valid until the next allocation. */
  get bytes(): Uint8Array {
    if ('outside' in this.store) return this.store.outside;
    const { address } = this.store;
    return this.heap.bytes.subarray(address, address + this.byteLength);
  }

  /** The row-major values, in an array of their own. */
  get values(): Float32Array {
    const { inputs, outputs, format, bytes } = this;
    const rows = new Float32Array(outputs * inputs);
    for (let first = 0; first < outputs; first += 8) {
      const panel = widened(
        bytes.subarray((first / 8) * this.panelBytes).subarray(0, this.panelBytes),
        format,
      );
      const lanes = Math.min(8, outputs - first);
      for (let lane = 0; lane < lanes; lane++) {
        for (let k = 0; k < inputs; k++) rows[(first + lane) * inputs + k] = panel[8 * k + lane]!;
      }
    }
    return rows;
  }

  free(): void {
    if ('address' in this.store) this.heap.release(this.store.address);
  }
}

/** Bytes of one value. */
export function bytesOf(format: WeightDtype): number {
  if (format === 'I8') return 1;
  return format === 'F32' ? 4 : 2;
}

/** Bytes of a panel [K][8]. */
export function panelBytes(format: PanelFormat, inputs: number): number {
  return inputs * 8 * bytesOf(format);
}

function widened({ buffer, byteOffset, byteLength }: Uint8Array, format: PanelFormat): Float32Array {
  if (format === 'F32') return new Float32Array(buffer, byteOffset, byteLength / 4);
  const bits = new Uint16Array(buffer, byteOffset, byteLength / 2);
  return format === 'F16' ? widenFloat16(bits) : widenBfloat16(bits);
}
