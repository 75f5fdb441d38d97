/** Patch features in groups of k-means, each in a colour of its own. */
import { gridImage, kMeans, type PatchFeatures, palette, type RawImage } from '../../../lib/index.ts';
import type { ColouringFacts } from '../../protocol.ts';
import type { Colouring } from './colouring.ts';

/** Patches of all images that groups are found on. */
const SAMPLE = 4096;

export class SegmentsColouring implements Colouring {
  readonly facts: ColouringFacts;
  /** [k, D] */
  private readonly centres: Float32Array;
  private readonly k: number;

  private constructor(centres: Float32Array, k: number) {
    this.centres = centres;
    this.k = k;
    this.facts = { kind: 'segments', k };
  }

  /** @param count images that there are, each of which gives its share of patches */
  static async fit(
    features: AsyncIterable<PatchFeatures>,
    count: number,
    k: number,
  ): Promise<SegmentsColouring> {
    const samples: { features: Float32Array; dim: number }[] = [];
    for await (const each of features) samples.push(sampleOf(each, Math.ceil(SAMPLE / count)));
    const { centres } = await kMeans(samples, { k, starts: 2 });
    return new SegmentsColouring(centres, k);
  }

  /** Always in squares: colours between two groups would mean nothing. */
  draw({ features, dim, grid }: PatchFeatures): RawImage {
    const colourOf = palette('turbo', this.k);
    const colours = new Uint8Array(3 * grid.size);
    for (let patch = 0; patch < grid.size; patch++) {
      colours.set(colourOf[this.nearest(features, patch * dim, dim)] ?? [], 3 * patch);
    }
    return gridImage(grid, colours, { interpolation: 'nearest' });
  }

  /** The group whose centre is nearest to a row of features, which begins at `start`. */
  private nearest(features: Float32Array, start: number, dim: number): number {
    const { centres, k } = this;
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (let c = 0; c < k; c++) {
      let distance = 0;
      for (let d = 0; d < dim; d++) {
        distance += ((features[start + d] ?? 0) - (centres[c * dim + d] ?? 0)) ** 2;
      }
      if (distance < least) [best, least] = [c, distance];
    }
    return best;
  }
}

/** At most so many patches of an image, evenly over it. */
function sampleOf(
  { features, dim, grid }: PatchFeatures,
  most: number,
): { features: Float32Array; dim: number } {
  const count = Math.min(most, grid.size);
  const sample = new Float32Array(count * dim);
  for (let i = 0; i < count; i++) {
    const patch = Math.floor((i * grid.size) / count);
    sample.set(features.subarray(patch * dim, (patch + 1) * dim), i * dim);
  }
  return { features: sample, dim };
}
