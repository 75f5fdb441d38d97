/** A few images in a row. */
import type { Box } from '../images/geometry/box.ts';
import type { RawImage } from '../images/raw-image.ts';
import type { ImageSize } from '../images/target-size.ts';
import { count, type OptionsOf, readOptions } from '../options/rows.ts';
import { blankImage, placeImage } from './blank-image.ts';
import { CELL_OPTIONS, type Cell, captionHeight, drawCaption } from './cell.ts';
import { enlarge } from './enlarge.ts';

/** How images stand side by side. */
export const SIDE_BY_SIDE_OPTIONS = {
  ...CELL_OPTIONS,
  /** pixels around all */
  margin: count({ default: 0 }),
};

/** How images stand side by side. */
export type SideBySideOptions = OptionsOf<typeof SIDE_BY_SIDE_OPTIONS>;

/**
 * Sets images beside one another, from left to right, all as high as the first: others are resized by bicubic interpolation.
 *
 * @param cells at least one, with or without captions; borrowed
 * @throws OptionError
 */
export function sideBySide(cells: readonly Cell[], options: SideBySideOptions = {}): RawImage {
  const style = readOptions('sideBySide', options, SIDE_BY_SIDE_OPTIONS);
  const places = placesSideBySide(
    cells.map(({ image }) => image),
    options,
  );
  const captions = cells.some(({ caption }) => caption !== undefined) ? captionHeight(style) : 0;
  const last = places.at(-1) ?? { x: 0, width: 0 };
  const height = (places[0]?.height ?? 0) + captions + 2 * style.margin;
  const whole = blankImage(last.x + last.width + style.margin, height, style.background);
  for (const [i, { image, caption }] of cells.entries()) {
    const place = places[i]!;
    placeImage(whole, enlarge(image, place.width, place.height, 'bicubic'), place.x, place.y);
    if (caption !== undefined) drawCaption(whole, caption, { ...place, y: place.y + place.height }, style);
  }
  return whole;
}

/**
 * Where `sideBySide` puts images of some sizes: what is drawn over them needs it.
 *
 * @throws OptionError
 */
export function placesSideBySide(sizes: readonly ImageSize[], options: SideBySideOptions = {}): Box[] {
  const { gap, margin } = readOptions('sideBySide', options, SIDE_BY_SIDE_OPTIONS);
  const height = sizes[0]?.height ?? 0;
  let x = margin;
  return sizes.map((size) => {
    const width = Math.max(1, Math.round((size.width * height) / size.height));
    const place = { x, y: margin, width, height };
    x += width + gap;
    return place;
  });
}
