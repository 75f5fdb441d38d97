/** Images with captions, as sheets have them. */
import type { RawImage } from '../images/raw-image.ts';
import { count, positiveInteger, type ReadOptions } from '../options/rows.ts';
import { colour } from './colour.ts';
import { drawText, fittedText, textWidth } from './draw-text.ts';

/** An image and what is written below it. */
export interface Cell {
  readonly image: RawImage;
  readonly caption?: string | undefined;
}

/** How sheets look. */
export const CELL_OPTIONS = {
  /** pixels between images */
  gap: count({ default: 8 }),
  background: colour([255, 255, 255]),
  /** the colour of text */
  ink: colour([32, 32, 32]),
  /** pixels of a line of text; letters are sharpest at multiples of 16 */
  textSize: positiveInteger({ default: 16 }),
};

/** How sheets look. */
export type CellStyle = ReadOptions<typeof CELL_OPTIONS>;

/** Pixels between an image and its caption. */
const ABOVE_CAPTION = 2;

/** The pixels that captions take below images. */
export function captionHeight({ textSize }: CellStyle): number {
  return textSize + ABOVE_CAPTION;
}

/** Writes a caption below a place in an image, which changes: in the middle, and cut off where it is too long. */
export function drawCaption(
  into: RawImage,
  caption: string,
  place: { readonly x: number; readonly y: number; readonly width: number },
  { ink, textSize }: CellStyle,
): void {
  const text = fittedText(caption, place.width, textSize);
  const x = place.x + Math.floor((place.width - textWidth(text, textSize)) / 2);
  drawText(into, text, { x, y: place.y + ABOVE_CAPTION }, { colour: ink, size: textSize });
}
