/** A colour, as options have it. */
import { type Row, value } from '../options/rows.ts';

/** Red, green and blue, integers from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** The row of an option that is a colour. */
export function colour(fallback: Colour): Row<Colour, Colour> {
  return { ...value<Colour>({ accepts: isColour, refusal: COLOUR_REFUSAL }), default: fallback };
}

const COLOUR_REFUSAL = ' must be three integers from 0 to 255';

function isColour(given: unknown): boolean {
  const isByte = (each: unknown): boolean =>
    typeof each === 'number' && Number.isInteger(each) && each >= 0 && each <= 255;
  return Array.isArray(given) && given.length === 3 && given.every(isByte);
}
