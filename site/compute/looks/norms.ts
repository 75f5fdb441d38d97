/** How long the features of patches are, before the final norm makes that alike. */
import {
  colourise,
  gridPlane,
  type PatchFeatures,
  type RawImage,
  tokenNorms,
  valueRange,
} from '../../../lib/index.ts';
import type { LookFacts } from '../../protocol.ts';
import type { FittedLook } from './fitted-look.ts';

export class NormsLook implements FittedLook {
  readonly applyLayernorm = false;
  readonly facts: LookFacts;
  private readonly range: readonly [number, number];

  private constructor(range: readonly [number, number]) {
    this.range = range;
    this.facts = { kind: 'norms', range };
  }

  static async fit(features: AsyncIterable<PatchFeatures>): Promise<NormsLook> {
    const norms: number[] = [];
    for await (const each of features) norms.push(...tokenNorms(each));
    return new NormsLook(valueRange(Float32Array.from(norms)));
  }

  draw(features: PatchFeatures, smooth: boolean): RawImage {
    const interpolation = smooth ? 'bicubic' : 'nearest';
    const plane = gridPlane(features.grid, tokenNorms(features), { interpolation });
    return colourise(plane, { colormap: 'inferno', range: this.range });
  }
}
