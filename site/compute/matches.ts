/** Which patches of two images show the same, drawn as lines between them. */
import {
  drawLine,
  enlarge,
  matchPatches,
  type PatchFeatures,
  type PatchMatch,
  palette,
  placesSideBySide,
  type RawImage,
  sideBySide,
} from '../../lib/index.ts';
import type { Calls, MatchesAnswer } from '../protocol.ts';
import { featuresOf } from './features.ts';
import { pngBlob } from './layers.ts';

/** Pixels that images are enlarged to, so that lines are fine beside patches. */
const SIDE = 560;

export async function matchesOf(
  { from, to, view, lines }: Calls['matches']['request'],
  { signal }: { signal: AbortSignal },
): Promise<MatchesAnswer> {
  const first = await featuresOf(from, view, signal);
  const second = await featuresOf(to, view, signal);
  const matches = await matchPatches(first, second);
  const drawn = matches.slice(0, lines);
  const image = await pngBlob(draw(first, second, drawn));
  return { image, found: matches.length, drawn: drawn.length };
}

/** A line in a colour of its own for each pair, the best on top. */
function draw(from: PatchFeatures, to: PatchFeatures, matches: readonly PatchMatch[]): RawImage {
  const both = [enlarged(from), enlarged(to)].map((image) => ({ image }));
  const image = sideBySide(both);
  const [left, right] = placesSideBySide(both.map((each) => each.image));
  if (left === undefined || right === undefined) throw new Error('Two images are needed for matches.');
  const colours = palette('turbo', matches.length);
  const [leftScale, rightScale] = [left.height / from.seen.height, right.height / to.seen.height];
  for (const [i, { fromPoint, toPoint }] of [...matches.entries()].reverse()) {
    const start = from.grid.toInput(fromPoint);
    const end = to.grid.toInput(toPoint);
    drawLine(
      image,
      { x: left.x + start.x * leftScale, y: left.y + start.y * leftScale },
      { x: right.x + end.x * rightScale, y: right.y + end.y * rightScale },
      { colour: colours[i], width: 3, halo: 1 },
    );
  }
  return image;
}

function enlarged({ seen }: PatchFeatures): RawImage {
  const scale = Math.max(1, SIDE / Math.min(seen.width, seen.height));
  return enlarge(seen, Math.round(seen.width * scale), Math.round(seen.height * scale), 'bicubic');
}
