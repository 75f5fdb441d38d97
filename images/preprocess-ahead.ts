/** Preprocessing of many images ahead of whoever takes them: in Node in threads of its own, beside what computes. */
import { isUrl, tagOf } from '../bytes/tag-of.ts';
import { isNode } from '../platform/is-node.ts';
import type { BitImageProcessor } from './image-processor.ts';
import { type AddressOptions, bytesAt } from './inputs/address.ts';
import type { ImageInput } from './inputs/image-input.ts';
import type { PixelValues } from './pixel-values.ts';
import type { EncodedImage, PreprocessThreads } from './preprocess-threads-node.ts';

/** An image to be preprocessed, and what messages call it. */
export interface NamedImage {
  readonly name: string;
  /** a promise that is rejected is an image that can't be read */
  readonly image: ImageInput | Promise<ImageInput>;
}

/** An image on its way. */
export interface ImageAhead<Image extends NamedImage = NamedImage> {
  /** what was handed in */
  readonly from: Image;
  /** [1, 3, H, W]; rejected as `preprocess` rejects, which breaks nothing where nobody looks at it */
  readonly pixelValues: Promise<PixelValues>;
}

/** So many images are done where the caller is: for fewer than that, no thread is worth its start. */
const WITHOUT_THREADS = 3;

/**
 * Preprocesses images in their order, some ahead of the one that is asked for.
 *
 * In Node, files and bytes are decoded and resized in threads, as many as it takes for the caller never to wait, and at most
 * one a core; other images, and all where no thread can be started, when they are asked for. The values are the same.
 *
 * @param images taken from one by one, at most `ahead` before they are handed on
 * @param ahead how many images may be on their way; two batches are enough
 * @param fetching how images are fetched that are given by their URLs
 * @returns the images in their order; ending the loop early ends the threads
 */
export async function* preprocessAhead<Image extends NamedImage>(
  processor: BitImageProcessor,
  images: Iterable<Image> | AsyncIterable<Image>,
  ahead: number,
  fetching: AddressOptions = {},
): AsyncGenerator<ImageAhead<Image>> {
  const queue: (ImageAhead<Image> & { settled: boolean })[] = [];
  let threads: PreprocessThreads | undefined;
  let taken = 0;
  const preprocess = async ({ name, image: given }: NamedImage): Promise<PixelValues> => {
    taken += 1;
    const inThread = taken > WITHOUT_THREADS && isNode();
    const image = await given;
    const encoded = inThread ? encodedImage(image, name, fetching) : undefined;
    if (encoded === undefined) {
      return (await processor.preprocess(image, { names: [name], ...fetching })).pixelValues;
    }
    const { PreprocessThreads } = await import('#node/images/preprocess-threads');
    threads ??= new PreprocessThreads(processor);
    return threads.preprocess(await encoded, name);
  };
  const start = (from: Image): void => {
    const entry = { from, pixelValues: preprocess(from), settled: false };
    const settle = (): void => {
      entry.settled = true;
    };
    entry.pixelValues.then(settle, settle);
    queue.push(entry);
  };
  const next = (): ImageAhead<Image> | undefined => {
    const first = queue.shift();
    if (first?.settled === false) threads?.waitedFor();
    return first;
  };
  try {
    for await (const image of images) {
      start(image);
      if (queue.length < Math.max(ahead, threads?.useful ?? 0)) continue;
      const first = next();
      if (first !== undefined) yield first;
    }
    for (let first = next(); first !== undefined; first = next()) yield first;
  } finally {
    threads?.close();
  }
}

/** The file of an image, or its path, as a thread can be sent it; undefined for an image that is no file. */
function encodedImage(
  image: ImageInput,
  name: string,
  fetching: AddressOptions,
): EncodedImage | Promise<EncodedImage> | undefined {
  if (isUrl(image)) return encodedImage(image.href, name, fetching);
  if (tagOf(image) === 'Uint8Array') return image as Uint8Array;
  if (typeof image !== 'string') return undefined;
  // how this thread fetches, by a proxy for instance, is not known to others
  return /^(https?|blob):/i.test(image) ? bytesAt(image, name, fetching) : image;
}
