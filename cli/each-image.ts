/** Going through the images of a command line with a bar for how far it has come. */
import { Dinov2Error, type Images, type ImagesOptions, type OfImage, option } from '../lib/index.ts';
import { namedImages } from './image-source.ts';
import { say } from './messages.ts';
import { startProgress } from './progress.ts';

/** How images are gone through. */
export const BATCH_OPTIONS = {
  batchSize: option.positiveInteger({
    default: 1,
    flag: '--batch-size <n>',
    help: 'images computed at once',
  }),
};

/** An image that can't be read, and why. */
export interface Failure {
  readonly image: string;
  readonly error: string;
}

/** Prints what can't be read among the results: `--json`. */
export function printFailure({ image, error }: Failure): void {
  process.stdout.write(`${JSON.stringify({ image, error })}\n`);
}

/**
 * Computes one image after the other, and hands on what comes of each, with its word, in their order.
 *
 * An image that can't be read is told to the user and left out; the others are done, and the command's status is 1.
 *
 * @param label what is going on, e.g. `embedding`
 * @param words as `expandImages` gives them
 * @param compute goes over images as `embedImages` does
 * @param refused is handed what can't be read
 */
export async function* resultsOf<Result extends OfImage>(
  label: string,
  words: readonly string[],
  compute: (images: Images, options: Pick<ImagesOptions, 'onError'>) => AsyncIterable<Result>,
  refused?: (failure: Failure) => void,
): AsyncGenerator<{ image: string; result: Result }, void, undefined> {
  const bar = await startProgress(label, words.length, 'images');
  const wordAt = (index: number): string => words[index] ?? `image ${index}`;
  let done = 0;
  const onError = (error: unknown, _name: string, index: number): void => {
    if (!(error instanceof Dinov2Error)) throw error;
    say(error.message);
    refused?.({ image: wordAt(index), error: error.message });
    process.exitCode = 1;
    bar.update(++done);
  };
  try {
    for await (const result of compute(namedImages(words), { onError })) {
      yield { image: wordAt(result.index), result };
      bar.update(++done);
    }
  } finally {
    bar.stop();
  }
}

/**
 * The same, with somebody who takes each result.
 *
 * @param take is handed the word and the result of each image, in their order
 */
export async function eachImage<Result extends OfImage>(
  label: string,
  words: readonly string[],
  compute: (images: Images, options: Pick<ImagesOptions, 'onError'>) => AsyncIterable<Result>,
  take: (image: string, result: Result) => void,
  refused?: (failure: Failure) => void,
): Promise<void> {
  for await (const { image, result } of resultsOf(label, words, compute, refused)) take(image, result);
}
