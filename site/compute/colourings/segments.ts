/** Patch features in groups of k-means, each in a colour of its own. */
import {
  type ClusterCentres,
  gridImage,
  kMeans,
  type PatchFeatures,
  palette,
  type RawImage,
} from '../../../lib/index.ts';
import type { ColouringFacts } from '../../protocol.ts';
import type { Colouring } from './colouring.ts';

/** Patches of all images that groups are found on. */
const SAMPLE = 4096;

export class SegmentsColouring implements Colouring {
  readonly facts: ColouringFacts;
  private readonly centres: ClusterCentres;

  private constructor(centres: ClusterCentres) {
    this.centres = centres;
    this.facts = { kind: 'segments', k: centres.count };
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
    return new SegmentsColouring(centres);
  }

  /** Always in squares: colours between two groups would mean nothing. */
  draw(features: PatchFeatures): RawImage {
    const colourOf = palette('turbo', this.centres.count);
    const colours = new Uint8Array(3 * features.grid.size);
    // padding is in no group, and stays black
    for (const [patch, group] of this.centres.labelsOf(features).entries()) {
      colours.set(colourOf[group] ?? [], 3 * patch);
    }
    return gridImage(features.grid, colours, { interpolation: 'nearest' });
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
