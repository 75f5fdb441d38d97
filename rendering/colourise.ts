/** Values as colours. */
import type { RawImage } from '../images/raw-image.ts';
import { choice, type OptionsOf, readOptions, value } from '../options/rows.ts';
import { COLORMAPS, colormap } from './colormap.ts';
import { colour } from './colour.ts';
import { type Plane, requirePlane } from './plane.ts';

/** The values of the first and the last colour. */
export type ValueRange = readonly [low: number, high: number];

/** What a range may be. */
export const RANGE = { accepts: isRange, refusal: ' must be two numbers, the lower one first' };

/** Which colours values take. */
export const COLOURISE_OPTIONS = {
  /** one of `COLORMAPS` */
  colormap: choice(COLORMAPS, {
    default: 'viridis',
    flag: '--colormap <name>',
    help: 'colour map, under its name in matplotlib',
  }),
  /** what the first and the last colour stand for; what lies outside takes the nearer of them; default the least and the greatest value */
  range: value<ValueRange>(RANGE),
  /** the colour where there is no number */
  missing: colour([0, 0, 0]),
};

/** Which colours values take. */
export type ColouriseOptions = OptionsOf<typeof COLOURISE_OPTIONS>;

const f32 = Math.fround;

/**
 * Colours of values, byte for byte those of `matplotlib.colormaps[name](Normalize(low, high)(values), bytes=True)` for float32.
 *
 * Where all values are the same, as where `range` has no width, they take the first colour.
 *
 * Source: matplotlib 3.11, `colors.py`: `Normalize.__call__`, `Colormap._get_rgba_and_mask`.
 *
 * @param plane borrowed
 * @returns a new image of the plane's size
 * @throws OptionError; ImageError if there are not as many values as the size says
 */
export function colourise(plane: Plane, options: ColouriseOptions = {}): RawImage {
  const { colormap: name, range, missing } = readOptions('colourise', options, COLOURISE_OPTIONS);
  requirePlane(plane, 'colourise');
  const { width, height, values } = plane;
  const colours = colormap(name);
  const [low, high] = range ?? valueRange(values);
  // the ends are float64 even where they are found, as matplotlib keeps them as Python's floats
  const span = high - low;
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) {
      data.set(missing, 3 * i);
      continue;
    }
    const share = span === 0 ? 0 : f32(f32(value - low) / span);
    const index = 3 * Math.min(Math.max(Math.floor(256 * share), 0), 255);
    data[3 * i] = colours[index]!;
    data[3 * i + 1] = colours[index + 1]!;
    data[3 * i + 2] = colours[index + 2]!;
  }
  return { width, height, channels: 3, data };
}

/** The least and the greatest of the finite values; [0, 0] if there are none. */
export function valueRange(values: Float32Array): ValueRange {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low > high ? [0, 0] : [low, high];
}

function isRange(given: unknown): boolean {
  if (!Array.isArray(given) || given.length !== 2) return false;
  const [low, high]: unknown[] = given;
  return Number.isFinite(low) && Number.isFinite(high) && Number(low) <= Number(high);
}
