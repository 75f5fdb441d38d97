/** One image as a model sees it. */
import type { Box } from '../../images/geometry/box.ts';
import type { PatchGrid } from '../../images/geometry/patch-grid.ts';
import type { BitImageProcessor } from '../../images/image-processor.ts';
import type { PixelValues } from '../../images/pixel-values.ts';
import { rescaleAndNormalize } from '../../images/process-image.ts';
import type { RawImage } from '../../images/raw-image.ts';
import type { OfImage } from '../tasks/image-batches.ts';

/** An image in the size in which a model sees it, and where its patches lie on the original. */
export class ImageView implements OfImage {
  readonly name: string;
  readonly index: number;
  readonly grid: PatchGrid;
  /** what the model sees, resized, cropped and padded, in grey levels: `grid.input` pixels */
  readonly seen: RawImage;
  private readonly processor: BitImageProcessor;

  constructor({ name, index }: OfImage, grid: PatchGrid, seen: RawImage, processor: BitImageProcessor) {
    this.name = name;
    this.index = index;
    this.grid = grid;
    this.seen = seen;
    this.processor = processor;
  }

  /** [1, 3, H, W], rescaled and normalised; computed anew each time. */
  get pixelValues(): PixelValues {
    return this.normalised(this.seen);
  }

  /**
   * The values of a part alone, [1, 3, height, width], of an image whose values would not fit memory.
   *
   * @param box whole pixels of `seen`, within it
   */
  pixelValuesOf({ x, y, width, height }: Box): PixelValues {
    const { seen } = this;
    const data = new Uint8Array(width * height * 3);
    for (let row = 0; row < height; row++) {
      const from = ((y + row) * seen.width + x) * 3;
      data.set(seen.data.subarray(from, from + width * 3), row * width * 3);
    }
    return this.normalised({ width, height, channels: 3, data });
  }

  private normalised(pixels: RawImage): PixelValues {
    const { config, backend } = this.processor;
    const { data, height, width } = rescaleAndNormalize(pixels, config, backend);
    return { data, shape: [1, 3, height, width] };
  }
}
