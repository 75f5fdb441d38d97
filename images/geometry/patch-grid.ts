/** Patch grids: where the patches that a model sees lie on the image, and back. */
import { OptionError, ShapeError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { cropStart } from '../center-crop.ts';
import type { ProcessorBackend } from '../processor-backend.ts';
import type { ProcessorConfig } from '../processor-config.ts';
import { type ImageSize, targetSize } from '../target-size.ts';
import { type Box, intersection, type Point } from './box.ts';

/** What a grid is made of. */
export interface PatchGridParts {
  /** the decoded, upright image */
  readonly image: ImageSize;
  /** what it is resized to, before it is cropped or padded */
  readonly resized: ImageSize;
  /** where the corner of the resized image lies in the input; negative where it is cropped */
  readonly offset: Point;
  /** H and W of the pixel values */
  readonly input: ImageSize;
  /** [height, width] */
  readonly patchSize: readonly [number, number];
}

/** Whole rows and columns of a grid. */
export interface PatchPart {
  /** the first */
  readonly row: number;
  readonly column: number;
  /** how many */
  readonly rows: number;
  readonly columns: number;
}

/** What `JSON.stringify` writes of a grid; `new PatchGrid` takes it. */
export interface PatchGridJson extends PatchGridParts {
  readonly rows: number;
  readonly columns: number;
}

/**
 * The patches of one image: h rows of w, numbered row by row, as a model's patch tokens are.
 *
 * Points and boxes of the image are in its pixels: (0, 0) is the upper left corner of the first pixel, whose centre is (0.5, 0.5);
 * those of the input are in the pixels that the model is given. Resizing maps the one's edges to the other's edges. Its filter
 * reaches a few pixels further than a patch's box, as does attention from every patch to all others.
 */
export class PatchGrid implements PatchGridJson {
  readonly image: ImageSize;
  readonly resized: ImageSize;
  readonly offset: Point;
  readonly input: ImageSize;
  readonly patchSize: readonly [number, number];
  /** h */
  readonly rows: number;
  /** w */
  readonly columns: number;
  /** the part of the image that patches cover */
  readonly visible: Box;

  /**
   * @param parts also as `toJSON` gives them, which crosses to and from workers
   * @throws ShapeError if the input holds no patch
   */
  constructor({ image, resized, offset, input, patchSize }: PatchGridParts) {
    const [height, width] = patchSize;
    this.image = image;
    this.resized = resized;
    this.offset = offset;
    this.input = input;
    this.patchSize = patchSize;
    this.rows = Math.floor(input.height / height);
    this.columns = Math.floor(input.width / width);
    if (!(this.rows >= 1 && this.columns >= 1)) {
      throw new ShapeError(
        `PatchGrid: expected an input of at least a patch of ${height}×${width} pixels, got ${input.height}×${input.width}; take a larger size`,
      );
    }
    this.visible = this.boxInImage(intersection(this.covered, { ...offset, ...resized }));
  }

  /** N, the number of patches. */
  get size(): number {
    return this.rows * this.columns;
  }

  /** The rows and columns that are image and not padding for the greater part; all of them where none are. */
  get imagePart(): PatchPart {
    const { offset, resized, patchSize, rows, columns } = this;
    const [row, afterRow] = imageSpan(offset.y / patchSize[0], resized.height / patchSize[0], rows);
    const [column, afterColumn] = imageSpan(offset.x / patchSize[1], resized.width / patchSize[1], columns);
    return { row, column, rows: afterRow - row, columns: afterColumn - column };
  }

  /** Where a point of the image lies in the input, within it or not. */
  toInput({ x, y }: Point): Point {
    const { image, resized, offset } = this;
    return {
      x: (x * resized.width) / image.width + offset.x,
      y: (y * resized.height) / image.height + offset.y,
    };
  }

  /** Where a point of the input lies on the image; beyond its edges where the input is padded. */
  toImage({ x, y }: Point): Point {
    const { image, resized, offset } = this;
    return {
      x: ((x - offset.x) * image.width) / resized.width,
      y: ((y - offset.y) * image.height) / resized.height,
    };
  }

  /** The patch that sees a point of the image; undefined where none does: beside the image, cut off, or behind the last whole patch. */
  patchAt(point: Point): number | undefined {
    const { visible, rows, columns, patchSize } = this;
    const isSeen =
      point.x >= visible.x &&
      point.y >= visible.y &&
      point.x < visible.x + visible.width &&
      point.y < visible.y + visible.height;
    if (!isSeen) return undefined;
    const { x, y } = this.toInput(point);
    const place = (at: number, side: number, count: number): number =>
      Math.min(Math.max(Math.floor(at / side), 0), count - 1);
    return place(y, patchSize[0], rows) * columns + place(x, patchSize[1], columns);
  }

  /**
   * What a patch covers of the image's plane; it reaches beyond the image where the input is padded.
   *
   * @throws OptionError if there is no such patch
   */
  boxOf(patch: number): Box {
    return this.boxInImage(this.inputBoxOf(patch));
  }

  /**
   * The middle of `boxOf`.
   *
   * @throws OptionError if there is no such patch
   */
  centreOf(patch: number): Point {
    const { x, y, width, height } = this.inputBoxOf(patch);
    return this.toImage({ x: x + width / 2, y: y + height / 2 });
  }

  /**
   * How much of a patch is image and not padding, 0 to 1.
   *
   * @throws OptionError if there is no such patch
   */
  coverage(patch: number): number {
    const box = this.inputBoxOf(patch);
    const { width, height } = intersection(box, { ...this.offset, ...this.resized });
    return (width * height) / (box.width * box.height);
  }

  toJSON(): PatchGridJson {
    const { rows, columns, image, resized, offset, input, patchSize } = this;
    return { rows, columns, image, resized, offset, input, patchSize };
  }

  /** The part of the input that patches cover. */
  private get covered(): Box {
    const [height, width] = this.patchSize;
    return { x: 0, y: 0, width: this.columns * width, height: this.rows * height };
  }

  private inputBoxOf(patch: number): Box {
    if (!Number.isSafeInteger(patch) || patch < 0 || patch >= this.size) {
      throw new OptionError(`PatchGrid: expected a patch from 0 to ${this.size - 1}, got ${shown(patch)}`);
    }
    const [height, width] = this.patchSize;
    const row = Math.floor(patch / this.columns);
    return { x: (patch - row * this.columns) * width, y: row * height, width, height };
  }

  private boxInImage({ x, y, width, height }: Box): Box {
    const corner = this.toImage({ x, y });
    const opposite = this.toImage({ x: x + width, y: y + height });
    return { ...corner, width: opposite.x - corner.x, height: opposite.y - corner.y };
  }
}

/** The first patch along an axis of which an image covers at least the half, and what comes after the last, both in patches. */
function imageSpan(offset: number, length: number, count: number): [number, number] {
  const first = Math.max(0, Math.ceil(offset - 0.5));
  const after = Math.min(count, Math.floor(offset + length + 0.5));
  return first < after ? [first, after] : [0, count];
}

/**
 * The patches of an image that a processor prepares.
 *
 * @param image height and width of the decoded, upright image
 * @param config the processor's settings, as `processor.config` has them
 * @param patchSize pixels of both sides, or [height, width], as `model.config.patchSize` has them
 * @param backend the processor's; of what is cropped and padded the odd pixel is on one side or on the other
 * @throws ShapeError if what comes out holds no patch
 */
export function patchGrid(
  image: ImageSize,
  config: ProcessorConfig,
  patchSize: number | readonly [number, number],
  backend: ProcessorBackend = 'torchvision',
): PatchGrid {
  const resized = config.doResize ? targetSize(image, config.size) : image;
  const input = config.doCenterCrop ? config.cropSize : resized;
  return new PatchGrid({
    image: { height: image.height, width: image.width },
    resized: { height: resized.height, width: resized.width },
    // 0 − start: no negative zero
    offset: {
      x: 0 - cropStart(resized.width, input.width, backend),
      y: 0 - cropStart(resized.height, input.height, backend),
    },
    input: { height: input.height, width: input.width },
    patchSize: typeof patchSize === 'number' ? [patchSize, patchSize] : patchSize,
  });
}
