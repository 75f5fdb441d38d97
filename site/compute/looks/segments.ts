/** Patch features in groups of k-means, each in a colour of its own. */
import { gridImage, kMeans, type PatchFeatures, palette, type RawImage } from '../../../lib/index.ts';
import type { LookFacts } from '../../protocol.ts';
import type { FittedLook } from './fitted-look.ts';

/** Patches of all images that groups are found on. */
const SAMPLE = 4096;

export class SegmentsLook implements FittedLook {
  readonly applyLayernorm = true;
  readonly facts: LookFacts;
  /** [k, D] */
  private readonly centres: Float32Array;
  private readonly k: number;

  private constructor(centres: Float32Array, k: number) {
    this.centres = centres;
    this.k = k;
    this.facts = { kind: 'segments', k };
  }

  /** @param count images that there are, each of which gives its share of patches */
  static async fit(features: AsyncIterable<PatchFeatures>, count: number, k: number): Promise<SegmentsLook> {
    const samples: { features: Float32Array; dim: number }[] = [];
    for await (const each of features) samples.push(sampleOf(each, Math.ceil(SAMPLE / count)));
    const { centres } = await kMeans(samples, { k, starts: 2 });
    return new SegmentsLook(centres, k);
  }

  /** Always in squares: colours between two groups would mean nothing. */
  draw({ features, dim, grid }: PatchFeatures): RawImage {
    const colourOf = palette('turbo', this.k);
    const colours = new Uint8Array(3 * grid.size);
    for (let patch = 0; patch < grid.size; patch++) {
      const row = features.subarray(patch * dim, (patch + 1) * dim);
      colours.set(colourOf[this.nearest(row)] ?? [], 3 * patch);
    }
    return gridImage(grid, colours, { interpolation: 'nearest' });
  }

  private nearest(row: Float32Array): number {
    const { centres, k } = this;
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (let c = 0; c < k; c++) {
      let distance = 0;
      for (const [d, value] of row.entries()) distance += (value - (centres[c * row.length + d] ?? 0)) ** 2;
      if (distance < least) [best, least] = [c, distance];
    }
    return best;
  }
}

/** Some patches of an image, evenly over it. */
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
