/** Going through the images of a command line with a bar for how far it has come. */
import { type BitImageProcessor, option, type PixelValues } from '../lib/index.ts';
import { imageBatches } from './load-images.ts';
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

/** Which images, and how they are gone through. */
export interface Batches {
  paths: readonly string[];
  processor: BitImageProcessor;
  batchSize: number;
}

/** An image that can't be read, and why. */
interface Failure {
  readonly image: string;
  readonly error: string;
}

/** Prints what can't be read among the results: `--json`. */
export function printFailure({ image, error }: Failure): void {
  process.stdout.write(`${JSON.stringify({ image, error })}\n`);
}

/**
 * Computes one batch after the other, and hands on what comes of each image.
 *
 * An image that can't be read is told to the user and left out; the others are done, and the command's status is 1.
 *
 * @param label what is going on, e.g. `embedding`
 * @param compute gives one result for each image of a batch
 * @param take is handed the results of a batch, in the order of the images
 * @param refused is handed what can't be read
 */
export async function eachBatch<Result>(
  label: string,
  { paths, processor, batchSize }: Batches,
  compute: (pixelValues: PixelValues) => Promise<readonly Result[]>,
  take: (results: readonly { image: string; result: Result }[]) => void,
  refused?: (failure: Failure) => void,
): Promise<void> {
  const bar = await startProgress(label, paths.length, 'images');
  let done = 0;
  const report = (message: string, image: string): void => {
    say(message);
    refused?.({ image, error: message });
    process.exitCode = 1;
    bar.update(++done);
  };
  try {
    for await (const { names, pixelValues } of imageBatches(paths, processor, batchSize, report)) {
      const results = await compute(pixelValues);
      take(results.map((result, i) => ({ image: names[i] ?? `image ${i}`, result })));
      done += names.length;
      bar.update(done);
    }
  } finally {
    bar.stop();
  }
}
