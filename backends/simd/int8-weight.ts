/** A weight that the kernels keep in 8 bits. */
import { widenInt8Rows } from '../../bytes/int8-rows.ts';
import type { PanelLayout, PanelStore } from './panel-store.ts';
import type { Heap } from './runtime/heap.ts';
import { StoredElsewhere } from './storage.ts';

/** Outputs of a panel. */
export const INT8_WIDTH = 16;

/** What there is of a weight in 8 bits. */
interface Int8Parts {
  /** as `int8Layout` has it */
  readonly panels: PanelStore;
  /** the address of the scales [⌈N/16⌉·16], float32 */
  readonly scales: number;
  /** the address of what sums start at where inputs are split, [⌈N/16⌉·16], int32 */
  readonly offsets: number;
  /** what an integer of the layer's input may be at most, so that no sum leaves 32 bits */
  readonly largestInput: number;
}

/** A weight [N, K] in panels [⌈N/16⌉][⌈K/4⌉][16][4] of 8-bit integers, with a scale for every output. */
export class Int8Weight extends StoredElsewhere implements Int8Parts {
  readonly panels: PanelStore;
  readonly scales: number;
  readonly offsets: number;
  readonly largestInput: number;
  readonly inputs: number;
  private readonly heap: Heap;

  /**
   * @param parts freed with it
   * @param inputs K
   */
  constructor(heap: Heap, { panels, scales, offsets, largestInput }: Int8Parts, inputs: number) {
    super();
    this.heap = heap;
    this.panels = panels;
    this.scales = scales;
    this.offsets = offsets;
    this.largestInput = largestInput;
    this.inputs = inputs;
  }

  /** N */
  get outputs(): number {
    return this.panels.layout.outputs;
  }

  /** Bytes of all panels, and of what goes with each output. */
  get byteLength(): number {
    return this.panels.byteLength + 2 * 4 * lanesOf(this.outputs);
  }

  get values(): Float32Array {
    const { inputs, outputs, scales, heap } = this;
    const { panelBytes } = this.panels.layout;
    const { buffer, byteOffset, byteLength } = this.panels.bytes;
    const panels = new Int8Array(buffer, byteOffset, byteLength);
    const integers = new Int8Array(outputs * inputs);
    for (let n = 0; n < outputs; n++) {
      const lane = Math.floor(n / INT8_WIDTH) * panelBytes + (n % INT8_WIDTH) * 4;
      for (let k = 0; k < inputs; k++) integers[n * inputs + k] = panels[lane + (k >> 2) * 64 + (k & 3)]!;
    }
    return widenInt8Rows({ values: integers, scales: heap.copyOut(scales, outputs) });
  }

  free(): void {
    this.panels.free();
    this.heap.release(this.scales);
    this.heap.release(this.offsets);
  }
}

/** How a weight [N, K] lies in such panels. */
export function int8Layout(outputs: number, inputs: number): PanelLayout {
  return { outputs, width: INT8_WIDTH, panelBytes: Math.ceil(inputs / 4) * 4 * INT8_WIDTH };
}

/** Outputs of all panels, those beyond N included. */
export function lanesOf(outputs: number): number {
  return Math.ceil(outputs / INT8_WIDTH) * INT8_WIDTH;
}
