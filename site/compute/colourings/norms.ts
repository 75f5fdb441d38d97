/** How long the features of patches are, before the final norm makes that alike. */
import {
  colourise,
  gridPlane,
  type PatchFeatures,
  type RawImage,
  tokenNorms,
  valueRange,
} from '../../../lib/index.ts';
import type { ColouringFacts } from '../../protocol.ts';
import { interpolationOf } from '../overlay.ts';
import type { Colouring } from './colouring.ts';

export class NormsColouring implements Colouring {
  readonly facts: ColouringFacts;
  private readonly range: readonly [number, number];

  private constructor(range: readonly [number, number]) {
    this.range = range;
    this.facts = { kind: 'norms', range };
  }

  static async fit(features: AsyncIterable<PatchFeatures>): Promise<NormsColouring> {
    const norms: number[] = [];
    for await (const each of features) norms.push(...tokenNorms(each));
    return new NormsColouring(valueRange(Float32Array.from(norms)));
  }

  draw(features: PatchFeatures, smooth: boolean): RawImage {
    const interpolation = interpolationOf(smooth);
    const plane = gridPlane(features.grid, tokenNorms(features), { interpolation });
    return colourise(plane, { colormap: 'inferno', range: this.range });
  }
}
