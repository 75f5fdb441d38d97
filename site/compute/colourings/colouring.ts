/** A way to colour patch features that was fitted to some images, and colours any image. */
import type { PatchFeatures, RawImage } from '../../../lib/index.ts';
import type { ColouringFacts } from '../../protocol.ts';

export interface Colouring {
  readonly facts: ColouringFacts;
  /**
   * @param features as `needsLayernorm` says
   * @param smooth whether colours run into one another, where that means something
   * @returns an image of the size that the model sees
   */
  draw(features: PatchFeatures, smooth: boolean): RawImage;
}

/** Whether a kind of colouring takes features that have gone through the final norm, which makes their lengths alike. */
export function needsLayernorm(kind: ColouringFacts['kind']): boolean {
  return kind !== 'norms';
}
