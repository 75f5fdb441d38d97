/** What is drawn of an image, over what the model saw of it. */
import { type OfView, overlay, type RawImage } from '../../lib/index.ts';
import { type Parsed, valuesOf } from '../flags.ts';
import { VISUAL_OPTIONS } from './visual-options.ts';

/**
 * An image over the one that the model saw, as `--overlay` says.
 *
 * @param image of the size of `seen`, such as `gridImage` makes it
 * @param opacity where the command line says none: 1, or `TRANSLUCENT` where the image is to be seen below
 */
export function overSeen(
  parsed: Parsed,
  view: Pick<OfView, 'seen'>,
  image: RawImage,
  opacity: number,
): RawImage {
  const share = valuesOf(VISUAL_OPTIONS, parsed).overlay ?? opacity;
  return share === 1 ? image : overlay(view.seen, image, share);
}
