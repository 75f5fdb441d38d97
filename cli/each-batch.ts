/** Going through the images of a command line with a bar for how far it has come. */
import type { BitImageProcessor } from '../lib/index.ts';
import { type ImageBatch, imageBatches } from './load-images.ts';
import { say } from './messages.ts';
import { startProgress } from './progress.ts';

/** Which images, and how they are gone through. */
export interface Batches {
  paths: readonly string[];
  processor: BitImageProcessor;
  batchSize: number;
}

/**
 * Runs `work` for one batch after the other.
 *
 * An image that can't be read is told to the user and left out; the others are done, and the command's status is 1.
 *
 * @param label what is going on, e.g. `embedding`
 */
export async function eachBatch(
  label: string,
  { paths, processor, batchSize }: Batches,
  work: (batch: ImageBatch) => Promise<void>,
): Promise<void> {
  const bar = await startProgress(label, paths.length, 'images');
  let done = 0;
  const report = (message: string): void => {
    say(message);
    process.exitCode = 1;
    bar.update(++done);
  };
  try {
    for await (const batch of imageBatches(paths, processor, batchSize, report)) {
      await work(batch);
      done += batch.names.length;
      bar.update(done);
    }
  } finally {
    bar.stop();
  }
}
