/** Rows of options that are measures. */
import { type Row, value } from '../options/rows.ts';

/** A finite number above 0. */
export function positive(fallback: number): Row<number, number> {
  const accepts = (given: unknown): boolean =>
    typeof given === 'number' && Number.isFinite(given) && given > 0;
  return { ...value<number>({ accepts, refusal: ' must be a number above 0' }), default: fallback };
}

/** A number from 0 to 1. */
export function share(fallback: number): Row<number, number> {
  const accepts = (given: unknown): boolean => typeof given === 'number' && given >= 0 && given <= 1;
  return { ...value<number>({ accepts, refusal: ' must be a number from 0 to 1' }), default: fallback };
}

/** Whole pixels, or none. */
export function space(fallback: number): Row<number, number> {
  const accepts = (given: unknown): boolean => Number.isSafeInteger(given) && Number(given) >= 0;
  return { ...value<number>({ accepts, refusal: ' must be an integer of at least 0' }), default: fallback };
}
