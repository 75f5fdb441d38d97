/** What colours stand for: a bar of a colour map with numbers. */
import { OptionError } from '../errors/errors.ts';
import { shown } from '../errors/shown.ts';
import type { RawImage } from '../images/raw-image.ts';
import { choice, type OptionsOf, readOptions } from '../options/rows.ts';
import { blankImage, placeImage } from './blank-image.ts';
import { CELL_OPTIONS } from './cell.ts';
import { COLORMAPS, palette } from './colormap.ts';
import { RANGE, type ValueRange } from './colourise.ts';
import { drawText, textWidth } from './draw-text.ts';

const { gap: _gap, ...LOOK } = CELL_OPTIONS;

/** How a legend looks. */
export const LEGEND_OPTIONS = {
  ...LOOK,
  /** one of `COLORMAPS` */
  colormap: choice(COLORMAPS, { default: 'viridis' }),
};

/** How a legend looks. */
export type LegendOptions = OptionsOf<typeof LEGEND_OPTIONS>;

const BAR = 14;
/** Pixels of the mark beside a number, and of the space behind it. */
const TICK = 4;
const SPACE = 4;
/** Lines of text that a number takes at least. */
const LINES_APART = 3;

/**
 * A bar from the lowest value below to the highest above, with round numbers beside it, to stand beside an image of its height.
 *
 * @param height pixels
 * @param range what the first and the last colour stand for
 * @throws OptionError
 */
export function legend(height: number, range: ValueRange, options: LegendOptions = {}): RawImage {
  if (!RANGE.accepts(range)) throw new OptionError(`legend: range${RANGE.refusal}, got ${shown(range)}`);
  const { colormap: name, background, ink, textSize } = readOptions('legend', options, LEGEND_OPTIONS);
  const ticks = ticksOf(range, Math.max(1, Math.floor(height / (LINES_APART * textSize))));
  const widest = ticks.reduce((most, { text }) => Math.max(most, textWidth(text, textSize)), 0);
  const image = blankImage(BAR + TICK + SPACE + widest, height, background);
  for (const [i, colour] of palette(name, height).entries()) {
    placeImage(image, blankImage(BAR, 1, colour), 0, height - 1 - i);
  }
  const [low, high] = range;
  for (const { value, text } of ticks) {
    const place = high === low ? 0.5 : (high - value) / (high - low);
    const y = Math.min(Math.floor(place * height), height - 1);
    placeImage(image, blankImage(TICK, 1, ink), BAR, y);
    // the middle of its digits beside the mark, and all of it inside
    const top = Math.min(Math.max(y - Math.floor(textSize / 2) + 1, 0), Math.max(height - textSize, 0));
    drawText(image, text, { x: BAR + TICK + SPACE, y: top }, { colour: ink, size: textSize });
  }
  return image;
}

interface Tick {
  readonly value: number;
  readonly text: string;
}

/** Multiples of 1, 2 or 5 of a power of ten within a range, at most so many; the lowest value where there is no such. */
function ticksOf([low, high]: ValueRange, most: number): Tick[] {
  if (high === low) return [{ value: low, text: String(low) }];
  let exponent = 0;
  // of text, as platforms round `10 ** n` in their own ways
  const power = (): number => Number(`1e${exponent}`);
  while (power() > (high - low) / most) exponent--;
  while (10 * power() <= (high - low) / most) exponent++;
  const factor = [1, 2, 5, 10].find((each) => multiples(low, high, each * power()).length <= most) ?? 10;
  const decimals = Math.max(0, -exponent - (factor === 10 ? 1 : 0));
  const ticks = multiples(low, high, factor * power());
  return ticks.map((value) => ({ value, text: value.toFixed(Math.min(decimals, 100)) }));
}

function multiples(low: number, high: number, step: number): number[] {
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: Math.max(last - first + 1, 0) }, (_, i) => (first + i) * step);
}
