/** The image of the tab of attention: what the model sees, a map over it, and its patches to point at. */
import { make } from '../../parts/make.ts';
import { paint } from '../../parts/paint.ts';
import { PatchPicker, type PickerEvents } from '../../parts/patch-picker.ts';
import type { GridFacts } from '../../protocol.ts';

export class AttendedImage {
  readonly element = make('div', { class: 'main-image' });
  private readonly events: PickerEvents;
  private readonly below = make('img', { class: 'below', alt: '' });
  private readonly over = make('canvas', { class: 'over' });
  private picker: PatchPicker | undefined;
  private seen: Blob | undefined;

  constructor(events: PickerEvents) {
    this.events = events;
  }

  /** Takes another image, or the same in another resolution. @param seen a PNG of what the model sees */
  use(name: string, seen: Blob, grid: GridFacts): void {
    this.seen = seen;
    URL.revokeObjectURL(this.below.src);
    this.below.src = URL.createObjectURL(seen);
    const stack = make('div', { class: 'stack' }, this.below, this.over);
    stack.style.aspectRatio = `${grid.width} / ${grid.height}`;
    this.picker = new PatchPicker(name, stack, this.events);
    this.picker.patches = grid;
    this.element.replaceChildren(this.picker.element);
    this.element.style.setProperty('--ratio', String(grid.width / grid.height));
  }

  show(over: ImageData): void {
    paint(this.over, over);
  }

  /** Marks the patch whose attention stays. */
  set chosen(patch: number | undefined) {
    if (this.picker !== undefined) this.picker.chosen = patch;
  }

  /** What is shown, as PNGs; undefined where nothing is yet. */
  async blobs(): Promise<{ seen: Blob; over: Blob } | undefined> {
    const { seen } = this;
    return seen && { seen, over: await canvasBlob(this.over) };
  }
}

function canvasBlob(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob === null ? reject(new Error('The image is empty.')) : resolve(blob))),
  );
}
