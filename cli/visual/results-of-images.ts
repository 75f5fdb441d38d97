/** Patch features of the images of a command line. */
import {
  Dinov2Model,
  PATCH_FEATURES_OPTIONS,
  type PatchFeatures,
  type PatchFeaturesOptions,
  patchFeatures,
  VIEW_OPTIONS,
} from '../../lib/index.ts';
import { printFailure, resultsOf } from '../each-image.ts';
import { type Parsed, valuesOf } from '../flags.ts';
import { loadProcessor, loadWithProgress } from '../load-model.ts';
import { VISUAL_OPTIONS } from './visual-options.ts';

/**
 * Loads the model that a command line names and computes what it says of each image, one after the other; images that can't be read are
 * told and left out.
 *
 * @param label what is going on, e.g. `looking`
 * @param words as `expandImages` gives them
 * @param which default what `PATCH_FEATURES_OPTIONS` have on the command line
 */
export async function* featuresOfImages(
  label: string,
  words: readonly string[],
  parsed: Parsed,
  which: PatchFeaturesOptions = valuesOf(PATCH_FEATURES_OPTIONS, parsed),
): AsyncGenerator<{ image: string; result: PatchFeatures }, void, undefined> {
  const processor = await loadProcessor(parsed);
  using model = await loadWithProgress(parsed, Dinov2Model.fromPretrained);
  const options = { processor, ...valuesOf(VIEW_OPTIONS, parsed), ...which };
  yield* resultsOf(
    label,
    words,
    (images, { onError }) => patchFeatures(model, images, { ...options, onError }),
    valuesOf(VISUAL_OPTIONS, parsed).json ? printFailure : undefined,
  );
}
