/** Text in a font of strokes. */
import type { Point } from '../images/geometry/box.ts';
import type { RawImage } from '../images/raw-image.ts';
import { type OptionsOf, positive, readOptions } from '../options/rows.ts';
import { colour } from './colour.ts';
import { GLYPHS, UNKNOWN_GLYPH } from './glyphs.ts';
import { paintStrokes, type Segment } from './strokes.ts';

/** How text looks. */
export const TEXT_OPTIONS = {
  /** pixels of a line; letters are sharpest at multiples of 16 */
  size: positive({ default: 16 }),
  colour: colour([32, 32, 32]),
};

/** How text looks. */
export type TextOptions = OptionsOf<typeof TEXT_OPTIONS>;

/** Of the 16 rows of a line those above capitals. */
const ABOVE = 3;
const ROWS = 16;
/** Columns between characters, and of a space. */
const GAP = 3;
const SPACE = 2;
/** Straight pieces of a curve. */
const PIECES = 6;

/**
 * Draws a line of text into an image, which changes; what does not fit is cut off.
 *
 * Printable ASCII and `° · × – — … →` are drawn, any other character as a box.
 *
 * @param at the upper left corner of the line, in pixels
 * @throws OptionError
 */
export function drawText(image: RawImage, text: string, at: Point, options: TextOptions = {}): void {
  const { size, colour } = readOptions('drawText', options, TEXT_OPTIONS);
  const unit = size / ROWS;
  const style = { colour, width: unit, opacity: 1, antialias: true };
  let column = 0;
  for (const character of text) {
    const strokes = strokesOf(character);
    // whole pixels, so that the same letter looks the same everywhere
    const left = at.x + Math.round(column * unit);
    const place = ({ x, y }: Point): Point => ({
      x: left + (x + 0.5) * unit,
      y: at.y + (y + ABOVE + 0.5) * unit,
    });
    const segments = strokes.map(([from, to]): Segment => [place(from), place(to)]);
    if (segments.length > 0) paintStrokes(image, segments, style);
    column += widthOf(strokes) + GAP;
  }
}

/** The pixels that a line of text is wide. */
export function textWidth(text: string, size: number = ROWS): number {
  const columns = [...text].reduce((sum, character) => sum + widthOf(strokesOf(character)) + GAP, 0);
  return Math.ceil(Math.max(columns - GAP + 1, 0) * (size / ROWS));
}

/** As much of a text as is no wider than some pixels, with `…` for what is left out at its end. */
export function fittedText(text: string, width: number, size: number): string {
  if (textWidth(text, size) <= width) return text;
  const characters = [...text];
  while (characters.length > 0 && textWidth(`${characters.join('')}…`, size) > width) characters.pop();
  return characters.length > 0 ? `${characters.join('')}…` : '';
}

function widthOf(strokes: readonly Segment[]): number {
  return strokes.length === 0 ? SPACE : strokes.flat().reduce((widest, { x }) => Math.max(widest, x), 0);
}

/** The strokes of a character in columns and rows. */
function strokesOf(character: string): Segment[] {
  if (/\s/.test(character)) return [];
  const glyph = Object.hasOwn(GLYPHS, character) ? GLYPHS[character] : undefined;
  return (glyph ?? UNKNOWN_GLYPH).split(' ').flatMap(segmentsOf);
}

function segmentsOf(stroke: string): Segment[] {
  const segments: Segment[] = [];
  let last: Point | undefined;
  let bend: Point | undefined;
  for (const [, mark, x = '', y = ''] of stroke.matchAll(/(~?)(.)(.)/g)) {
    const point = { x: Number.parseInt(x, 16), y: Number.parseInt(y, 16) };
    if (mark === '~') {
      bend = point;
      continue;
    }
    if (last !== undefined)
      segments.push(...(bend === undefined ? [[last, point] as const] : curve(last, bend, point)));
    [last, bend] = [point, undefined];
  }
  return segments.length === 0 && last !== undefined ? [[last, last]] : segments;
}

/** A quadratic Bézier curve in straight pieces. */
function curve(from: Point, bend: Point, to: Point): Segment[] {
  const at = (t: number): Point => {
    const [a, b, c] = [(1 - t) * (1 - t), 2 * t * (1 - t), t * t];
    return { x: a * from.x + b * bend.x + c * to.x, y: a * from.y + b * bend.y + c * to.y };
  };
  return Array.from({ length: PIECES }, (_, i): Segment => [at(i / PIECES), at((i + 1) / PIECES)]);
}
