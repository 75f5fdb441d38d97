/** The order in which Meta's linear evaluation sees images. */
import { TorchGenerator } from '../../random/torch-generator.ts';

/** From one pass to the next the seed grows by this. */
const SEED_OF_PASS = 2 ** 24;

/**
 * Images without end: in each pass a random order of all of them, and batches go on across passes.
 *
 * Source: facebookresearch/dinov2, `dinov2/data/samplers.py`, `ShardedInfiniteSampler` on one device.
 *
 * @param count of the images
 * @returns indices of one image after another
 */
export function* endlessOrder(count: number, seed: number): Generator<number, never> {
  const first = new TorchGenerator(seed).randperm(count);
  for (let pass = 0; ; pass++) {
    const generator = new TorchGenerator(seed + pass * SEED_OF_PASS);
    const order = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const place = i > 0 ? generator.randint(i + 1) : 0;
      order[i] = order[place]!;
      order[place] = first[i]!;
    }
    yield* order;
  }
}
