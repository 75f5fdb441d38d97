/** A look of features once it is found on some images: how any image is drawn in it. */
import type { PatchFeatures, RawImage } from '../../../lib/index.ts';
import type { Look, LookFacts } from '../../protocol.ts';

export interface FittedLook {
  readonly facts: LookFacts;
  /** whether the features that it wants have gone through the final norm */
  readonly applyLayernorm: boolean;
  /** @returns of the size that the model sees */
  draw(features: PatchFeatures, smooth: boolean): RawImage;
}

/** Whether a look wants features that have gone through the final norm, which makes their lengths alike. */
export function wantsLayernorm({ kind }: Look): boolean {
  return kind !== 'norms';
}
