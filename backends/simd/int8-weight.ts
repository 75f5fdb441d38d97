/** A weight that the kernels keep in 8 bits. */
import { widenInt8Rows } from '../../bytes/int8-rows.ts';
import type { Heap } from './runtime/heap.ts';
import { type PanelStore, StoredElsewhere } from './storage.ts';

/** Outputs of a panel. */
export const INT8_PANEL = 16;

/** A weight [N, K] in panels [⌈N/16⌉][⌈K/4⌉][16][4] of 8-bit integers, with a scale for every output. */
export class Int8Weight extends StoredElsewhere {
  readonly store: PanelStore;
  /** the address of the scales [⌈N/16⌉·16], float32 */
  readonly scales: number;
  /** the address of what sums start at where inputs are split, [⌈N/16⌉·16], int32 */
  readonly offsets: number;
  readonly outputs: number;
  readonly inputs: number;
  /** what an integer of the layer's input may be at most, so that no sum leaves 32 bits */
  readonly largestInput: number;
  private readonly heap: Heap;

  /** @param parts where it is, in the memory or outside of it */
  constructor(
    heap: Heap,
    parts: { store: PanelStore; scales: number; offsets: number; largestInput: number },
    [outputs, inputs]: readonly [number, number],
  ) {
    super();
    this.heap = heap;
    this.store = parts.store;
    this.scales = parts.scales;
    this.offsets = parts.offsets;
    this.largestInput = parts.largestInput;
    this.outputs = outputs;
    this.inputs = inputs;
  }

  /** Bytes of one panel. */
  get panelBytes(): number {
    return int8PanelBytes(this.inputs);
  }

  /** Bytes of all panels, and of what goes with each output. */
  get byteLength(): number {
    const panels = Math.ceil(this.outputs / INT8_PANEL);
    return panels * (this.panelBytes + 2 * 4 * INT8_PANEL);
  }

  /** The row-major values, in an array of their own. */
  get values(): Float32Array {
    const { inputs, outputs, panelBytes, scales, heap, bytes } = this;
    const panels = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const integers = new Int8Array(outputs * inputs);
    for (let n = 0; n < outputs; n++) {
      const lane = Math.floor(n / INT8_PANEL) * panelBytes + (n % INT8_PANEL) * 4;
      for (let k = 0; k < inputs; k++) integers[n * inputs + k] = panels[lane + (k >> 2) * 64 + (k & 3)]!;
    }
    return widenInt8Rows({ values: integers, scales: heap.copyOut(scales, outputs) });
  }

  free(): void {
    if ('address' in this.store) this.heap.release(this.store.address);
    this.heap.release(this.scales);
    this.heap.release(this.offsets);
  }

  /** The panels, valid until the next allocation. */
  private get bytes(): Uint8Array {
    if ('outside' in this.store) return this.store.outside;
    const { address } = this.store;
    const panels = Math.ceil(this.outputs / INT8_PANEL);
    return this.heap.bytes.subarray(address, address + panels * this.panelBytes);
  }
}

/** Bytes of a panel [⌈K/4⌉][16][4]. */
export function int8PanelBytes(inputs: number): number {
  return Math.ceil(inputs / 4) * 4 * INT8_PANEL;
}
