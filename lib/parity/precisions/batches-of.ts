/** The images of a comparison as batches of pixel values, which can be gone through several times. */
import { isOutside, requirePixelValues } from '../../../graph/pixel-values.ts';
import { BitImageProcessor } from '../../../images/image-processor.ts';
import type { ImageInput } from '../../../images/inputs/image-input.ts';
import type { PixelValues } from '../../../images/pixel-values.ts';
import type { NamedImage, Preprocessor } from '../../../images/preprocess-ahead.ts';
import { isObject } from '../../../options/json-object.ts';
import { pickOptions, readOptions } from '../../../options/rows.ts';
import type { ModelSource } from '../../../sources/model-source.ts';
import { REPOSITORY_OPTIONS } from '../../../sources/repository.ts';
import { type Images, imageBatches, requireImages } from '../../tasks/image-batches.ts';
import {
  IMAGES_OPTIONS,
  type ImagesOptions,
  missingProcessor,
  processorOf,
} from '../../tasks/over-images.ts';
import { nextTurn } from './next-turn.ts';
import { syntheticImage } from './synthetic-image.ts';

/** Batches of one size each. */
export interface Batches {
  /** whether it is an image of our own making */
  readonly synthetic: boolean;
  /**
   * Goes through all of them.
   *
   * @param tell whether `onError` is told of images that can't be read, which are left out in any case
   */
  read(tell: boolean): AsyncIterable<PixelValues>;
}

/**
 * @param source whose image processor is taken; undefined: one is given, unless there is no image
 * @param images pixel values, or what `imageBatches` takes, held until the end; undefined: an image of our own making
 * @throws OptionError; ShapeError on pixel values that are none; what finding the processor and going through images throw
 */
export async function batchesOf(
  where: string,
  source: ModelSource | undefined,
  images: Images | PixelValues | undefined,
  options: ImagesOptions,
): Promise<Batches> {
  const given = pickOptions(options, IMAGES_OPTIONS);
  const { batchSize, onError } = readOptions(where, given, IMAGES_OPTIONS);
  const { fetch, signal } = options;
  if (isPixelValues(images)) {
    requirePixelValues(where, images);
    return { synthetic: false, read: () => slices(images, batchSize, signal) };
  }
  if (images !== undefined) requireImages(where, images);
  const processor = given.processor ?? (await processorFor(where, source, images, options));
  const list: (ImageInput | NamedImage)[] = [];
  for await (const image of images ?? [syntheticImage()]) list.push(image);
  const passOver = (): void => undefined;
  return {
    synthetic: images === undefined,
    async *read(tell) {
      const told = tell && typeof onError === 'function' ? onError : passOver;
      const leftOut = onError === undefined || onError === 'throw' ? undefined : told;
      const batches = imageBatches(list, { processor, batchSize, fetch, signal, leftOut });
      for await (const { pixelValues } of batches) yield pixelValues;
    },
  };
}

function isPixelValues(images: Images | PixelValues | undefined): images is PixelValues {
  return isObject(images) && 'shape' in images && isOutside(images as PixelValues);
}

async function processorFor(
  where: string,
  source: ModelSource | undefined,
  images: Images | undefined,
  options: ImagesOptions,
): Promise<Preprocessor> {
  if (source !== undefined) return processorOf(where, source, pickOptions(options, REPOSITORY_OPTIONS));
  if (images === undefined) return new BitImageProcessor();
  throw missingProcessor(where, 'a function that loads');
}

async function* slices(
  { data, shape: [B, ...rest] }: PixelValues,
  batchSize: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<PixelValues, void> {
  const size = data.length / B;
  for (let start = 0; start < B; start += batchSize) {
    await nextTurn(signal);
    const end = Math.min(start + batchSize, B);
    yield { data: data.subarray(start * size, end * size), shape: [end - start, ...rest] };
  }
}
