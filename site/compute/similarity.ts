/** How alike the patches of an image are to one patch, of the same image or another. */
import { colourise, gridPlane, similarityMap } from '../../lib/index.ts';
import type { Calls, SimilarityAnswer } from '../protocol.ts';
import type { Context } from './context.ts';
import { featuresOf } from './features.ts';
import { interpolationOf, overlayOf } from './overlay.ts';

/** Colours run from the mean of the patch's own image to 1 in every image, so that images can be compared. */
export async function similarTo(
  { from, patch: wanted, to, view, smooth }: Calls['similarity']['request'],
  { signal }: Context<'similarity'>,
): Promise<SimilarityAnswer> {
  const source = await featuresOf(from, view, signal);
  const target = await featuresOf(to, view, signal);
  const { rows, columns } = source.grid;
  const patch = wanted ?? Math.floor(rows / 2) * columns + Math.floor(columns / 2);
  const point = source.grid.centreOf(patch);
  const own = similarityMap(source, point, source);
  const cosines = similarityMap(source, point, target);
  const low = own.reduce((sum, each) => sum + each, 0) / own.length;
  const plane = gridPlane(target.grid, cosines, { interpolation: interpolationOf(smooth) });
  const over = colourise(plane, { colormap: 'inferno', range: [Math.min(low, 0.99), 1] });
  const best = cosines.reduce((largest, each) => Math.max(largest, each), -1);
  return { ...(await overlayOf(target, over)), patch, best };
}
