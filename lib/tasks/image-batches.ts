/** From images of any number to batches of pixel values, as they come. */
import { isBuffer } from '../../bytes/bytes-of.ts';
import { isBlob, isUrl, tagOf } from '../../bytes/tag-of.ts';
import { OptionError } from '../../errors/errors.ts';
import { type ImageInput, nameOf } from '../../images/inputs/image-input.ts';
import type { PixelValues } from '../../images/pixel-values.ts';
import { type NamedImage, type Preprocessor, preprocessAhead } from '../../images/preprocess-ahead.ts';
import { stackPixelValues } from '../../images/stack-pixel-values.ts';
import { isObject } from '../../options/json-object.ts';

/** Images as they come; names are their paths and URLs, those of Files, or else their numbers. */
export type Images = Iterable<ImageInput | NamedImage> | AsyncIterable<ImageInput | NamedImage>;

/** Of which image a result is. */
export interface OfImage {
  /** the name given, a path, a URL, that of a File, or else the number */
  readonly name: string;
  /** its place among all images, from 0 on, those that could not be read included */
  readonly index: number;
}

/** Images of one size. */
interface ImageBatch {
  readonly images: readonly OfImage[];
  /** [B, C, H, W] */
  readonly pixelValues: PixelValues;
}

/** How images are read and put together. */
interface BatchOptions {
  readonly processor: Preprocessor;
  readonly batchSize: number;
  readonly fetch?: typeof fetch | undefined;
  readonly signal?: AbortSignal | undefined;
  /** told of an image that is left out; undefined to throw */
  readonly leftOut?: ((error: unknown, name: string, index: number) => void) | undefined;
}

/** How many images more than the next batch are on their way: they even out those that take longer. */
const BESIDE_THE_NEXT = 3;

/**
 * Reads and processes images in their order, ahead of what is asked for, as `preprocessAhead` does; what follows one another
 * and has one size makes a batch.
 *
 * @throws what reading an image throws, unless it may be left out; the signal's reason; what the iterable throws
 */
export async function* imageBatches(
  images: Images,
  { processor, batchSize, fetch, signal, leftOut }: BatchOptions,
): AsyncGenerator<ImageBatch, void> {
  let batch: OfImage[] = [];
  let ready: PixelValues[] = [];
  const flush = (): ImageBatch => {
    const full = { images: batch, pixelValues: stackPixelValues(ready) };
    [batch, ready] = [[], []];
    return full;
  };
  const ahead = preprocessAhead(processor, numbered(images), batchSize + BESIDE_THE_NEXT, { fetch, signal });
  for await (const { from, pixelValues: coming } of ahead) {
    const { name, index } = from;
    let pixelValues: PixelValues;
    try {
      pixelValues = await coming;
    } catch (error) {
      if (leftOut === undefined || signal?.aborted) throw error;
      leftOut(error, name, index);
      continue;
    }
    const [first] = ready;
    if (first !== undefined && String(first.shape) !== String(pixelValues.shape)) yield flush();
    batch.push({ name, index });
    ready.push(pixelValues);
    if (ready.length === batchSize) yield flush();
  }
  if (ready.length > 0) yield flush();
}

/**
 * Refuses a single image, whose characters or bytes would be gone through, and what is no list at all.
 *
 * @throws OptionError saying what to pass instead
 */
export function requireImages(where: string, images: unknown): void {
  const refuse = (got: string): never => {
    throw new OptionError(`${where}: expected images as a list or anything else to go through, got ${got}`);
  };
  if (tagOf(images) === 'Promise') refuse('a promise; await it');
  const isSingle = ArrayBuffer.isView(images) || isBuffer(images) || isBlob(images) || isUrl(images);
  if (typeof images === 'string' || isSingle) refuse('a single image; pass [image]');
  const isIterable =
    typeof images === 'object' &&
    images !== null &&
    (Symbol.iterator in images || Symbol.asyncIterator in images);
  const got = images === null || images === undefined ? String(images) : tagOf(images);
  if (!isIterable) refuse(`${got}; pass a list of paths, URLs, Blobs, bytes or { name, image }`);
}

/** Images with their names and places. */
export async function* numbered(images: Images): AsyncGenerator<NamedImage & OfImage, void> {
  let index = 0;
  for await (const each of images) {
    const { name = index, image } = isNamed(each) ? each : { name: nameOf(each), image: each };
    yield { name: String(name), image, index: index++ };
  }
}

function isNamed(each: ImageInput | NamedImage): each is NamedImage {
  return isObject(each) && 'image' in each && 'name' in each;
}
