/** From images to batches of pixel values of given sizes. */
import type { PixelValues } from '../../images/pixel-values.ts';
import { type NamedImage, type Preprocessor, preprocessAhead } from '../../images/preprocess-ahead.ts';
import { stackPixelValues } from '../../images/stack-pixel-values.ts';

/** How many images more than a batch are on their way. */
const BESIDE_THE_NEXT = 3;

/**
 * Reads and prepares images ahead of what is asked for, and puts them together.
 *
 * @param sizes how many images each batch has
 * @throws what reading an image throws
 */
export async function* pixelBatches(
  processor: Preprocessor,
  items: Iterable<NamedImage>,
  sizes: readonly number[],
): AsyncGenerator<PixelValues, void> {
  // the first batch is the largest
  const ahead = preprocessAhead(processor, items, (sizes[0] ?? 0) + BESIDE_THE_NEXT);
  let ready: PixelValues[] = [];
  let batch = 0;
  for await (const { pixelValues } of ahead) {
    ready.push(await pixelValues);
    if (ready.length < (sizes[batch] ?? 0)) continue;
    yield stackPixelValues(ready);
    ready = [];
    batch += 1;
  }
}
