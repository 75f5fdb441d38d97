/** Colour maps: 256 colours from the lowest value to the highest. */
import { closest } from '../errors/closest.ts';
import { OptionError } from '../errors/errors.ts';
import { shown } from '../errors/shown.ts';
import { COLORMAP_TABLES } from './colormap-tables.ts';
import type { Colour } from './colour.ts';

/** The colour maps there are, under matplotlib's names; those that end in `_r` run the other way. */
export const COLORMAPS = [
  'viridis',
  'viridis_r',
  'inferno',
  'inferno_r',
  'magma',
  'magma_r',
  'plasma',
  'plasma_r',
  'turbo',
  'turbo_r',
  'Spectral',
  'Spectral_r',
  'gray',
  'gray_r',
] as const;

/** One of `COLORMAPS`. */
export type ColormapName = (typeof COLORMAPS)[number];

const NO_STEP = 'e'.charCodeAt(0);

/**
 * The colours of a map, byte for byte those of matplotlib 3.11.
 *
 * @returns a new array [256, 3] of RGB
 * @throws OptionError if there is no such map
 */
export function colormap(name: ColormapName): Uint8Array {
  if (!COLORMAPS.includes(name)) throw unknownColormap(name);
  const own = COLORMAP_TABLES[name];
  if (own !== undefined) return coloursOf(own);
  const colours = coloursOf(COLORMAP_TABLES[name.replace(/_r$/, '')]!);
  return Uint8Array.from(colours, (_, i) => colours[765 - i + 2 * (i % 3)]!);
}

/**
 * Colours evenly over a map, for what is to be told apart: segments, or lines.
 *
 * @param count how many
 * @returns each from the middle of its part of the map
 * @throws OptionError if there is no such map
 */
export function palette(name: ColormapName, count: number): Colour[] {
  const colours = colormap(name);
  return Array.from({ length: count }, (_, i) => {
    const at = 3 * Math.floor((256 * (i + 0.5)) / count);
    return [colours[at]!, colours[at + 1]!, colours[at + 2]!];
  });
}

function unknownColormap(name: string): OptionError {
  const meant = closest(name, COLORMAPS);
  const remedy = meant === undefined ? '' : `; write ${shown(meant)}`;
  return new OptionError(`colormap: expected one of ${COLORMAPS.join(', ')}, got ${shown(name)}${remedy}`);
}

function coloursOf([first, steps]: readonly [readonly number[], string]): Uint8Array {
  const colours = new Uint8Array(768);
  colours.set(first);
  for (let i = 3; i < 768; i++) colours[i] = colours[i - 3]! + steps.charCodeAt(i - 3) - NO_STEP;
  return colours;
}
