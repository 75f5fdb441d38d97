/** The size in which visual verbs draw an image. */
import { enlargedView, type OfView } from '../../lib/index.ts';
import { type Parsed, valuesOf } from '../flags.ts';
import { VISUAL_OPTIONS } from './visual-options.ts';

/** Pixels of the longer side of an image that is looked at by itself. */
const ALONE = 448;

/**
 * A view as large as `--enlarge` says, by default large enough to look at.
 *
 * @param least pixels of the longer side where the command line says nothing
 */
export function drawnView<View extends Pick<OfView, 'grid' | 'seen'>>(
  parsed: Parsed,
  view: View,
  least = ALONE,
): View {
  const { width, height } = view.seen;
  return enlargedView(
    view,
    valuesOf(VISUAL_OPTIONS, parsed).enlarge ?? Math.ceil(least / Math.max(width, height)),
  );
}
