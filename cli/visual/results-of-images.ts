/** What a model says of the images of a command line. */
import {
  type BitImageProcessor,
  Dinov2Model,
  type Images,
  type OfImage,
  PATCH_FEATURES_OPTIONS,
  type PatchFeatures,
  type PatchFeaturesOptions,
  patchFeatures,
  VIEW_OPTIONS,
  type ViewsOptions,
} from '../../lib/index.ts';
import { printFailure, resultsOf } from '../each-image.ts';
import { type Parsed, valuesOf } from '../flags.ts';
import { loadProcessor, loadWithProgress } from '../load-model.ts';
import { VISUAL_OPTIONS } from './visual-options.ts';

/**
 * Loads the model that a command line names and computes what is asked of it for each image, one after the other; images that can't be
 * read are told and left out.
 *
 * @param label what is going on, e.g. `looking`
 * @param words as `inputImages` gives them
 * @param compute goes over images as `overViews` does
 */
export async function* resultsOfImages<Result extends OfImage>(
  label: string,
  words: readonly string[],
  parsed: Parsed,
  compute: (
    model: Dinov2Model,
    images: Images,
    options: ViewsOptions & { processor: BitImageProcessor },
  ) => AsyncIterable<Result>,
): AsyncGenerator<{ image: string; result: Result }, void, undefined> {
  const processor = await loadProcessor(parsed);
  using model = await loadWithProgress(parsed, Dinov2Model.fromPretrained);
  const options = { processor, ...valuesOf(VIEW_OPTIONS, parsed) };
  yield* resultsOf(
    label,
    words,
    (images, { onError }) => compute(model, images, { ...options, onError }),
    valuesOf(VISUAL_OPTIONS, parsed).json ? printFailure : undefined,
  );
}

/**
 * The same, of patch features.
 *
 * @param which default what `PATCH_FEATURES_OPTIONS` have on the command line
 */
export function featuresOfImages(
  label: string,
  words: readonly string[],
  parsed: Parsed,
  which: PatchFeaturesOptions = valuesOf(PATCH_FEATURES_OPTIONS, parsed),
): AsyncGenerator<{ image: string; result: PatchFeatures }, void, undefined> {
  return resultsOfImages(label, words, parsed, (model, images, options) =>
    patchFeatures(model, images, { ...options, ...which }),
  );
}
