/** The panels of a weight: in the memory of the kernels, or in an array outside of it. */
import type { Heap } from './runtime/heap.ts';

/** How a weight [N, K] is cut into panels. */
export interface PanelLayout {
  /** N */
  readonly outputs: number;
  /** outputs of a panel */
  readonly width: number;
  /** bytes of a panel */
  readonly panelBytes: number;
}

/** What is done with panels in the memory, given their address and which outputs they are of. */
export type PanelVisit = (address: number, firstOutput: number, outputs: number) => void;

/** Room for the ⌈N / width⌉ panels of a weight. */
export class PanelStore {
  readonly layout: PanelLayout;
  /** bytes of all panels */
  readonly byteLength: number;
  private readonly heap: Heap;
  private readonly place: { readonly address: number } | { readonly outside: Uint8Array };

  /**
   * @param inside panels are kept outside of the memory if more bytes than these would be in use with them
   * @throws DeviceError if the memory can't grow that far
   */
  constructor(heap: Heap, layout: PanelLayout, inside: number) {
    this.heap = heap;
    this.layout = layout;
    this.byteLength = this.bytesOfPanels(layout.outputs);
    const fits = heap.bytesInUse + this.byteLength <= inside;
    this.place = fits
      ? { address: heap.allocate(this.byteLength) }
      : { outside: new Uint8Array(this.byteLength) };
  }

  /** Where all of them lie in the memory; undefined if they are kept outside. */
  get address(): number | undefined {
    return 'address' in this.place ? this.place.address : undefined;
  }

  /** All of them, valid until the next allocation. */
  get bytes(): Uint8Array {
    if ('outside' in this.place) return this.place.outside;
    const { address } = this.place;
    return this.heap.bytes.subarray(address, address + this.byteLength);
  }

  /**
   * Has the panels of some outputs written.
   *
   * @param first the output that they begin with, a multiple of the width
   * @param write is handed where they are to be in the memory, and how many bytes they are
   */
  fill(first: number, outputs: number, write: (address: number, bytes: number) => void): void {
    const { heap, place } = this;
    const [offset, bytes] = [this.bytesOfPanels(first), this.bytesOfPanels(outputs)];
    if ('address' in place) {
      write(place.address + offset, bytes);
      return;
    }
    const address = heap.allocate(bytes);
    write(address, bytes);
    place.outside.set(heap.bytes.subarray(address, address + bytes), offset);
    heap.release(address);
  }

  /**
   * Goes through all of them.
   *
   * @param most bytes that are brought into the memory at a time where they are kept outside; a panel at least
   */
  visit(most: number, visit: PanelVisit): void {
    const { heap, place, byteLength } = this;
    const { outputs, width, panelBytes } = this.layout;
    if ('address' in place) {
      visit(place.address, 0, outputs);
      return;
    }
    const step = Math.max(1, Math.floor(most / panelBytes)) * width;
    const stepBytes = this.bytesOfPanels(step);
    const address = heap.allocate(Math.min(stepBytes, byteLength));
    for (let first = 0; first < outputs; first += step) {
      const from = this.bytesOfPanels(first);
      heap.bytes.set(place.outside.subarray(from, from + stepBytes), address);
      visit(address, first, Math.min(step, outputs - first));
    }
    heap.release(address);
  }

  /** Gives back what it has in the memory. */
  free(): void {
    if ('address' in this.place) this.heap.release(this.place.address);
  }

  private bytesOfPanels(outputs: number): number {
    return Math.ceil(outputs / this.layout.width) * this.layout.panelBytes;
  }
}
