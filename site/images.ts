/** The images of the page: which there are, and which one is chosen. */
import type { ImageRef } from './protocol.ts';
import type { WorkerClient } from './worker-client.ts';

/** One image. */
export interface PageImage extends ImageRef {
  /** whether it is one of the digits that the bundled model knows */
  readonly isDigit: boolean;
  /** the address of a small copy */
  readonly thumbnail: string;
}

/** An image as it is handed to the page. */
export interface NewImage {
  readonly name: string;
  readonly blob: Blob;
  readonly isDigit?: boolean;
}

/** Pixels of the longer side of small copies. */
const THUMBNAIL = 320;

/** Tells `change` of every change. */
export class ImageCollection extends EventTarget {
  private readonly client: WorkerClient;
  private all: readonly PageImage[] = [];
  private chosen: number | undefined;
  private lastId = 0;

  constructor(client: WorkerClient) {
    super();
    this.client = client;
  }

  get list(): readonly PageImage[] {
    return this.all;
  }

  get selected(): PageImage | undefined {
    return this.all.find(({ id }) => id === this.chosen) ?? this.all[0];
  }

  /**
   * Adds images one after the other, so that no more than one is decoded at a time.
   *
   * @returns an error for each that can't be read
   */
  async add(images: readonly NewImage[]): Promise<readonly Error[]> {
    const errors: Error[] = [];
    for (const { name, blob, isDigit = false } of images) {
      const image: ImageRef = { id: ++this.lastId, name, blob };
      try {
        const thumbnail = URL.createObjectURL(await this.smallCopy(image));
        this.all = [...this.all, { ...image, isDigit, thumbnail }];
        this.tell();
      } catch (error) {
        errors.push(error instanceof Error ? error : new Error(String(error)));
      }
    }
    return errors;
  }

  select(id: number): void {
    if (id === this.selected?.id) return;
    this.chosen = id;
    this.tell();
  }

  remove(id: number): void {
    this.keep((each) => each.id !== id);
  }

  clear(): void {
    this.keep(() => false);
  }

  private keep(isKept: (image: PageImage) => boolean): void {
    for (const each of this.all) if (!isKept(each)) URL.revokeObjectURL(each.thumbnail);
    this.all = this.all.filter(isKept);
    this.tell();
  }

  private tell(): void {
    this.dispatchEvent(new Event('change'));
  }

  /** By the browser, or, of formats that only the library reads, by the worker. */
  private async smallCopy(image: ImageRef): Promise<Blob> {
    const bitmap = await createImageBitmap(image.blob).catch(() => undefined);
    if (bitmap === undefined) return this.client.call('thumbnail', { image, side: THUMBNAIL });
    const scale = Math.min(1, THUMBNAIL / Math.max(bitmap.width, bitmap.height));
    const canvas = new OffscreenCanvas(
      Math.max(1, Math.round(bitmap.width * scale)),
      Math.max(1, Math.round(bitmap.height * scale)),
    );
    const context = canvas.getContext('2d');
    if (context !== null) context.imageSmoothingQuality = 'high';
    context?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return canvas.convertToBlob({ type: 'image/webp', quality: 0.85 });
  }
}
