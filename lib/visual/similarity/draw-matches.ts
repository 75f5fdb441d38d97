/** Correspondences as lines between two images. */
import type { Box, Point } from '../../../images/geometry/box.ts';
import type { RawImage } from '../../../images/raw-image.ts';
import { choice, type OptionsOf, readOptions } from '../../../options/rows.ts';
import { COLORMAPS, palette } from '../../../rendering/colormap.ts';
import { drawLine, LINE_OPTIONS } from '../../../rendering/draw-line.ts';
import { placesSideBySide, SIDE_BY_SIDE_OPTIONS, sideBySide } from '../../../rendering/side-by-side.ts';
import type { OfView } from '../over-views.ts';
import type { PatchMatch } from './match-patches.ts';

const { colour: _colour, ...LINE } = LINE_OPTIONS;
const { ink: _ink, textSize: _textSize, ...LAYOUT } = SIDE_BY_SIDE_OPTIONS;

/** How matches are drawn. */
export const DRAW_MATCHES_OPTIONS = {
  ...LAYOUT,
  ...LINE,
  width: { ...LINE.width, default: 1.5 },
  halo: { ...LINE.halo, default: 0.5 },
  /** one of `COLORMAPS`, from which each line has a colour of its own */
  colormap: choice(COLORMAPS, { default: 'turbo' }),
};

/** How matches are drawn. */
export type DrawMatchesOptions = OptionsOf<typeof DRAW_MATCHES_OPTIONS>;

/** What is drawn of an image. */
type Drawn = Pick<OfView, 'grid' | 'seen'>;

/**
 * What a model saw of two images, side by side as high as the first, with a line for each match. The first match is drawn last, on top.
 *
 * @param a of which patches were matched, or `enlargedView` of it; borrowed
 * @param b the other; borrowed
 * @param matches as `matchPatches(a, b)` gives them, or some of them
 * @returns a new image
 * @throws OptionError
 */
export function drawMatches(
  a: Drawn,
  b: Drawn,
  matches: readonly PatchMatch[],
  options: DrawMatchesOptions = {},
): RawImage {
  const read = readOptions('drawMatches', options, DRAW_MATCHES_OPTIONS);
  const { colormap, width, halo, opacity, antialias, ...layout } = read;
  const image = sideBySide([{ image: a.seen }, { image: b.seen }], layout);
  const [left, right] = placesSideBySide([a.seen, b.seen], layout);
  if (left === undefined || right === undefined) throw new Error('internal: images without places');
  const colours = palette(colormap, matches.length);
  for (const [i, { fromPoint, toPoint }] of [...matches.entries()].reverse()) {
    const line = { colour: colours[i], width, halo, opacity, antialias };
    drawLine(image, pointIn(left, a, fromPoint), pointIn(right, b, toPoint), line);
  }
  return image;
}

/** Where a point of an image is that was drawn in some place. */
function pointIn(place: Box, { grid, seen }: Drawn, point: Point): Point {
  const { x, y } = grid.toInput(point);
  return { x: place.x + (x * place.width) / seen.width, y: place.y + (y * place.height) / seen.height };
}
