/** What the model sees of an image, and what lies over it, as transparent as the tab's slider says. */
import type { GridFacts } from '../protocol.ts';
import { make } from './make.ts';

/** An image more than so many times as wide as high is a strip in a card, and its card takes the width of the page. */
const WIDEST = 3;

export class ImageStack {
  readonly element: HTMLElement;
  private readonly below = make('img', { class: 'below', alt: '' });
  private readonly over: HTMLImageElement;
  private seenBlob: Blob | undefined;
  private overBlob: Blob | undefined;

  /** @param name what screen readers are told of what lies over */
  constructor(name: string) {
    this.over = make('img', { class: 'over', alt: name });
    this.element = make('div', { class: 'stack' }, this.below, this.over);
    this.over.hidden = true;
  }

  /** What is shown, as files. */
  get blobs(): { seen: Blob; over: Blob } | undefined {
    const { seenBlob: seen, overBlob: over } = this;
    return seen === undefined || over === undefined ? undefined : { seen, over };
  }

  /** @param seen a PNG, or the address of a small copy until there is one */
  showImage(seen: Blob | string): void {
    if (typeof seen === 'string') {
      this.below.src = seen;
      return;
    }
    if (seen.size === this.seenBlob?.size && this.overBlob !== undefined) return;
    release(this.below, this.seenBlob);
    this.seenBlob = seen;
    this.below.src = URL.createObjectURL(seen);
  }

  showOver(over: Blob): void {
    release(this.over, this.overBlob);
    this.overBlob = over;
    this.over.src = URL.createObjectURL(over);
    this.over.hidden = false;
  }

  /** The stack takes the shape of the view. */
  set shape({ width, height }: GridFacts) {
    this.element.style.aspectRatio = `${width} / ${height}`;
    this.element.classList.toggle('panorama', width > WIDEST * height);
  }

  dispose(): void {
    release(this.below, this.seenBlob);
    release(this.over, this.overBlob);
    [this.seenBlob, this.overBlob] = [undefined, undefined];
  }
}

function release(image: HTMLImageElement, blob: Blob | undefined): void {
  if (blob !== undefined) URL.revokeObjectURL(image.src);
}
