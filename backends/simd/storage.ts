/**
 * Where the values of a tensor of this backend are: in a plain array, in the memory of the kernels, or in panels.
 *
 * TF.js's own CPU kernels read `values`: an array in the first case, a view of the memory in the second, a fresh array
 * in the third. Views are made when asked for, because the memory may grow between two kernels.
 */
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { WeightDtype } from '../../ops/linear-weight.ts';
import type { Heap } from './runtime/heap.ts';

/** What TF.js's CPU backend keeps of a tensor. */
export type TensorData = ReturnType<MathBackendCPU['data']['get']>;

/** float32 values in the memory of the kernels, row-major. */
export class ResidentValues implements TensorData {
  readonly dtype = 'float32';
  refCount: number;
  readonly address: number;
  readonly size: number;
  private readonly heap: Heap;

  /** @param size how many values */
  constructor(heap: Heap, address: number, size: number, refCount: number) {
    this.heap = heap;
    this.address = address;
    this.size = size;
    this.refCount = refCount;
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

/** Panels [⌈N/8⌉][K][8] of a weight in the memory of the kernels, or in an array outside of it. */
export type PanelStore = { address: number } | { outside: Uint8Array<ArrayBuffer> };

/** A weight [N, K] in panels of 8 outputs, in float32 or in the 16 bits it was published in. */
export class PackedWeight implements TensorData {
  readonly dtype = 'float32';
  refCount = 1;
  readonly store: PanelStore;
  readonly format: WeightDtype;
  readonly outputs: number;
  readonly inputs: number;
  private readonly heap: Heap;

  /**
   * @param outputs N
   * @param inputs K
   */
  constructor(heap: Heap, store: PanelStore, format: WeightDtype, outputs: number, inputs: number) {
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

  /** The panels as bytes, valid until the next allocation. */
  get bytes(): Uint8Array {
    if ('outside' in this.store) return this.store.outside;
    const { address } = this.store;
    return this.heap.bytes.subarray(address, address + Math.ceil(this.outputs / 8) * this.panelBytes);
  }

  /** The row-major values, in an array of their own. */
  get values(): Float32Array {
    const { inputs, outputs, format, bytes } = this;
    const rows = new Float32Array(outputs * inputs);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const size = bytesOf(format);
    const read = READERS[format];
    for (let n = 0; n < outputs; n++) {
      const lane = (n >> 3) * inputs * 8 + (n & 7);
      for (let k = 0; k < inputs; k++) rows[n * inputs + k] = read(view, (lane + 8 * k) * size);
    }
    return rows;
  }

  free(): void {
    if ('address' in this.store) this.heap.release(this.store.address);
  }
}

/** Bytes of one value. */
export function bytesOf(format: WeightDtype): number {
  return format === 'F32' ? 4 : 2;
}

/** Bytes of a panel [K][8]. */
export function panelBytes(format: WeightDtype, inputs: number): number {
  return inputs * 8 * bytesOf(format);
}

const word = new DataView(new ArrayBuffer(4));

const READERS: Record<WeightDtype, (view: DataView, at: number) => number> = {
  F32: (view, at) => view.getFloat32(at, true),
  BF16: (view, at) => {
    word.setUint32(0, view.getUint16(at, true) << 16);
    return word.getFloat32(0);
  },
  F16: (view, at) => {
    const bits = view.getUint16(at, true);
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    const sign = bits & 0x8000 ? -1 : 1;
    if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  },
};
