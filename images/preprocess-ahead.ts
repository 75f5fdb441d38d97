/** Preprocessing of many images ahead of whoever takes them: in Node in threads of its own, beside what computes. */
import { bytesOf } from '../bytes/bytes-of.ts';
import { isBlob, isUrl, tagOf } from '../bytes/tag-of.ts';
import { readOptions } from '../options/rows.ts';
import { isNode } from '../platform/is-node.ts';
import { BitImageProcessor } from './image-processor.ts';
import { ADDRESS_OPTIONS, type AddressOptions, bytesAt } from './inputs/address.ts';
import type { ImageInput } from './inputs/image-input.ts';
import type { PixelValues } from './pixel-values.ts';
import type { EncodedImage, PreprocessThreads } from './preprocess-threads-node.ts';

/** An image to be preprocessed, and what results and messages call it. */
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

interface Started<Image extends NamedImage> extends ImageAhead<Image> {
  settled: boolean;
}

/** What makes pixel values of images. */
export type Preprocessor = Pick<BitImageProcessor, 'preprocess'>;

/** So many images are done where the caller is: for fewer than that, no thread is worth its start. */
const WITHOUT_THREADS = 3;

/**
 * Preprocesses images in their order, some ahead of the one that is asked for.
 *
 * In Node, files and bytes are decoded and resized in threads, as many as it takes for the caller never to wait, and at most
 * one a core. Other images, and all where there are no threads (in pages, where none can be started, and of a processor
 * that is no `BitImageProcessor`), are done here one after the other, each before the next is asked for. The values are
 * the same. Threads that have nothing to do keep no process alive.
 *
 * @param images taken from one by one, at most `ahead` (or two for each thread) before they are handed on; bytes, pixels and
 *   canvases may be changed once the next is asked for; what it throws is thrown in its turn
 * @param ahead how many images may be on their way
 * @returns the images in their order; ending the loop early ends threads and downloads, and rejects what is not done
 * @throws OptionError if there is no such option; the signal's reason
 */
export async function* preprocessAhead<Image extends NamedImage>(
  processor: Preprocessor,
  images: Iterable<Image> | AsyncIterable<Image>,
  ahead: number,
  options: AddressOptions = {},
): AsyncGenerator<ImageAhead<Image>, void> {
  const { fetch, signal } = readOptions('preprocessAhead', options, ADDRESS_OPTIONS);
  const ending = new AbortController();
  signal?.addEventListener('abort', () => ending.abort(signal.reason), { signal: ending.signal });
  const fetching = { fetch, signal: ending.signal };
  const source = (async function* () {
    yield* images;
  })();
  const queue: Promise<Started<Image> | undefined>[] = [];
  let last: Promise<Started<Image> | undefined> = Promise.resolve(undefined);
  /** what was handed out and is not done */
  const awaited = new Set<Promise<PixelValues>>();
  let threads: PreprocessThreads | undefined;
  let taken = 0;

  /** @param free called when the image may be changed, if that is before it is done */
  const preprocess = async ({ name, image: given }: Image, free: () => void): Promise<PixelValues> => {
    const image = await given;
    ending.signal.throwIfAborted();
    taken += 1;
    if (taken > WITHOUT_THREADS) threads ??= await threadsOf(processor, ending.signal);
    const encoded = threads && encodedImage(image, name, fetching);
    if (threads === undefined || encoded === undefined) {
      return (await processor.preprocess(image, { names: [name], ...fetching })).pixelValues;
    }
    free();
    const sent = await encoded;
    ending.signal.throwIfAborted();
    return threads.preprocess(sent, name);
  };
  const take = async (): Promise<Started<Image> | undefined> => {
    const { done, value: from } = await source.next();
    if (done) return undefined;
    return new Promise((resolve) => {
      const settle = (): void => {
        started.settled = true;
        awaited.delete(pixelValues);
        resolve(started);
      };
      const pixelValues = preprocess(from, () => resolve(started));
      const started = { from, pixelValues, settled: false };
      pixelValues.then(settle, settle);
    });
  };
  try {
    for (;;) {
      signal?.throwIfAborted();
      while (queue.length < Math.max(ahead, threads?.useful ?? 0)) {
        last = last.then(take);
        // what the images' source throws is told when its turn comes
        last.catch(() => undefined);
        queue.push(last);
      }
      const first = await queue.shift();
      if (first === undefined) break;
      if (!first.settled) {
        threads?.waitedFor();
        awaited.add(first.pixelValues);
      }
      yield first;
    }
    await Promise.allSettled(awaited);
  } finally {
    ending.abort();
    threads?.close();
    await source.return();
  }
}

/** Threads for a processor, if there are any that give what it gives. */
async function threadsOf(
  processor: Preprocessor,
  ending: AbortSignal,
): Promise<PreprocessThreads | undefined> {
  const isPlain =
    processor instanceof BitImageProcessor && processor.preprocess === BitImageProcessor.prototype.preprocess;
  if (!isPlain || !isNode()) return undefined;
  const { PreprocessThreads } = await import('#node/images/preprocess-threads');
  return new PreprocessThreads(processor, ending);
}

/** The file of an image as a thread can be sent it, or its path; undefined for an image that is no file. */
function encodedImage(
  image: ImageInput,
  name: string,
  fetching: AddressOptions,
): EncodedImage | Promise<EncodedImage> | undefined {
  if (isUrl(image)) return encodedImage(image.href, name, fetching);
  // a copy without the memory around it, which the owner may go on to change
  if (tagOf(image) === 'Uint8Array') return bytesOf(image as Uint8Array, name).slice();
  if (isBlob(image)) return image.arrayBuffer().then((bytes) => new Uint8Array(bytes));
  if (typeof image !== 'string') return undefined;
  // how this thread fetches, by a proxy for instance, is not known to others
  return /^(https?|blob):/i.test(image) ? bytesAt(image, name, fetching) : image;
}
