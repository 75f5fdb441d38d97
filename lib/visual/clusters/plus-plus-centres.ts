/** Where k-means starts. */
import type { TorchGenerator } from '../../../random/torch-generator.ts';
import type { RowPasses } from './row-passes.ts';

/**
 * Patches as first centres, each drawn with a probability in proportion to its squared distance from the nearest before it; if none is
 * at a distance, any.
 *
 * Source: D. Arthur and S. Vassilvitskii, k-means++: the advantages of careful seeding, 2007.
 *
 * @param k how many
 * @returns each [D]
 */
export async function plusPlusCentres(
  passes: RowPasses,
  k: number,
  generator: TorchGenerator,
): Promise<Float64Array[]> {
  const centres = [await rowOf(passes, generator.randint(passes.count))];
  const nearest = new Float64Array(passes.count).fill(Number.POSITIVE_INFINITY);
  while (centres.length < k) {
    const newest = centres.at(-1)!;
    for await (const { rows, start } of passes.parts()) {
      for (const [i, distance] of rows.distances(newest).entries()) {
        nearest[start + i] = Math.min(nearest[start + i]!, distance);
      }
    }
    centres.push(await rowOf(passes, drawn(nearest, generator)));
  }
  return centres;
}

/** A place, drawn in proportion to weights. */
function drawn(weights: Float64Array, generator: TorchGenerator): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return generator.randint(weights.length);
  let left = generator.rand64() * total;
  let last = 0;
  for (const [i, weight] of weights.entries()) {
    if (weight === 0) continue;
    last = i;
    left -= weight;
    if (left < 0) break;
  }
  return last;
}

async function rowOf({ parts }: RowPasses, place: number): Promise<Float64Array> {
  for await (const { rows, start } of parts()) {
    if (place < start + rows.count) return rows.row(place - start);
  }
  throw new RangeError(`internal: patch ${place}`);
}
