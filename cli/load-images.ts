/** Reading and preprocessing the images of a command line, one batch at a time. */
import {
  type BitImageProcessor,
  Dinov2Error,
  type PixelValues,
  preprocessAhead,
  stackPixelValues,
} from '../lib/index.ts';
import { imageOf, shownName } from './image-source.ts';

/** Images that could be read. */
export interface ImageBatch {
  names: string[];
  pixelValues: PixelValues;
}

/** A batch that waits while one is computed, one that is made, and what evens out images that take longer. */
const aheadOf = (batchSize: number): number => 2 * batchSize + 2;

/**
 * Goes through images in batches, the next ones being decoded while one is computed; one that can't be read is reported and
 * left out.
 *
 * Images of different sizes end up in different batches.
 *
 * @param words as `expandImages` gives them
 * @param report is told of an image that is left out
 */
export async function* imageBatches(
  words: readonly string[],
  processor: BitImageProcessor,
  batchSize: number,
  report: (message: string, word: string) => void,
): AsyncGenerator<ImageBatch> {
  let batch: string[] = [];
  let ready: PixelValues[] = [];
  const flush = (): ImageBatch => {
    const flushed = { names: batch, pixelValues: stackPixelValues(ready) };
    batch = [];
    ready = [];
    return flushed;
  };
  const images = (function* () {
    for (const word of words) yield { word, name: shownName(word), image: imageOf(word) };
  })();
  for await (const { from, pixelValues: ahead } of preprocessAhead(processor, images, aheadOf(batchSize))) {
    const { word, name } = from;
    let pixelValues: PixelValues;
    try {
      pixelValues = await ahead;
    } catch (error) {
      report(reasonOf(name, error), word);
      continue;
    }
    const [first] = ready;
    if (first !== undefined && String(first.shape) !== String(pixelValues.shape)) yield flush();
    batch.push(word);
    ready.push(pixelValues);
    if (ready.length === batchSize) yield flush();
  }
  if (ready.length > 0) yield flush();
}

function reasonOf(name: string, error: unknown): string {
  if (error instanceof Dinov2Error) return error.message;
  // of `imageOf`
  if (error instanceof Error && 'code' in error) {
    return `${name}: expected an image that can be read, got ${error.code}`;
  }
  throw error;
}
