/** The size in which visual verbs draw an image. */
import { enlargedView, type OfView } from '../../lib/index.ts';
import { type Parsed, valuesOf } from '../flags.ts';
import { VISUAL_OPTIONS } from './visual-options.ts';

/** Pixels of the longer side of an image that is looked at by itself. */
const ALONE = 448;

/** The share of them that the other side of a panorama has at least: a strip of 32 pixels shows nothing. */
const FLATTEST = 1 / 4;

/** A strip is not enlarged to more pixels than these. */
const LONGEST = 4096;

/**
 * A view as large as `--enlarge` says, by default large enough to look at.
 *
 * @param least pixels of the longer side where the command line says nothing, and the shorter side has a quarter of them
 */
export function drawnView<View extends Pick<OfView, 'grid' | 'seen'>>(
  parsed: Parsed,
  view: View,
  least = ALONE,
): View {
  const { width, height } = view.seen;
  const [shorter, longer] = [Math.min(width, height), Math.max(width, height)];
  const times = Math.min((least * FLATTEST) / shorter, LONGEST / longer);
  return enlargedView(
    view,
    valuesOf(VISUAL_OPTIONS, parsed).enlarge ?? Math.max(Math.ceil(least / longer), Math.round(times)),
  );
}
