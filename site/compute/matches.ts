/** Which patches of two images show the same, drawn as lines between them. */
import { drawMatches, enlargedView, matchPatches, type PatchFeatures } from '../../lib/index.ts';
import type { Calls, MatchesAnswer } from '../protocol.ts';
import type { Context } from './context.ts';
import { featuresOf } from './features.ts';
import { pngBlob } from './overlay.ts';

/** Pixels of the shorter side that images are enlarged to, or nearly. */
const SIDE = 560;

export async function matchesOf(
  { from, to, view, lines }: Calls['matches']['request'],
  { signal }: Context<'matches'>,
): Promise<MatchesAnswer> {
  const first = await featuresOf(from, view, signal);
  const second = await featuresOf(to, view, signal);
  const matches = await matchPatches(first, second);
  const drawn = matches.slice(0, lines);
  const lined = drawMatches(enlarged(first), enlarged(second), drawn, { width: 3, halo: 1 });
  const image = await pngBlob(lined);
  return { image, found: matches.length, drawn: drawn.length };
}

/** A view of so many pixels that lines are fine beside its patches. */
function enlarged(view: PatchFeatures): PatchFeatures {
  const { width, height } = view.seen;
  return enlargedView(view, Math.max(1, Math.round(SIDE / Math.min(width, height))));
}
