/** How far a Krylov chain grows. */
import type { KrylovChain, RitzValue } from './krylov-chain.ts';

/** How far a vector may be from the eigenvector, where that has length 1. */
export const TOLERANCE = 1e-7;
/** Up to this length a chain is looked at after every step. */
const LOOK_EACH = 16;
/** How many digits are missing where it can't be told. */
const FAR = 4;
/** With which probability a chain may miss a value that it looks for. */
const MISSED = 1e-3;

/** What a chain is let grow for. */
export interface ChainGoal {
  /** how many of the largest values are wanted */
  readonly count: number;
  /** what a value must be larger than to matter */
  readonly least: number;
  /** how many vectors the chain may have */
  readonly longest: number;
  /** the part of the largest value below which residuals are rounding */
  readonly rounding: number;
}

/**
 * Lets a chain grow until its largest values are known, or until it is known that none matters.
 *
 * @returns those that matter, `count` at most
 */
export function runChain(chain: KrylovChain, { count, least, longest, rounding }: ChainGoal): RitzValue[] {
  for (let look = 1; ; ) {
    chain.grow();
    const isDone = chain.isComplete || chain.length >= longest;
    if (!isDone && chain.length < look) continue;
    const values = chain.values();
    const [top] = values;
    if (top === undefined) return [];
    const mattering = values.slice(0, count).filter(({ value }) => value > least);
    if (isDone) return mattering;
    const wanted = Number.isFinite(least) ? mattering.length : count;
    if (wanted === 0) {
      look = lengthToTell(chain.dim, top.value, least);
      if (chain.length >= look) return [];
    } else {
      const digits = missingDigits(values, wanted, rounding);
      if (digits <= 0) return mattering;
      // in long chains a vector brings less than a digit
      look = chain.length + (chain.length < LOOK_EACH ? 1 : Math.ceil(digits));
    }
  }
}

/**
 * How many digits the vectors of the largest values lack of being as near as they have to be, by their residuals over the distance of
 * other values.
 */
function missingDigits(values: readonly RitzValue[], count: number, rounding: number): number {
  if (values.length <= count) return FAR;
  const last = values[count - 1]!;
  // where what is no eigenvalue yet could become one of the largest, one more is coming: another of equal ones, by rounding
  if (values.slice(count).some((each) => each.value + each.residual > last.value)) return FAR;
  const least = rounding * values[0]!.value;
  const lacking = values.slice(0, count).map(({ value, residual }, i) => {
    const above = values[i - 1]?.value ?? Number.POSITIVE_INFINITY;
    const gap = Math.min(above - value, value - values[i + 1]!.value);
    const most = Math.max(TOLERANCE * gap, least);
    return residual <= most ? 0 : Math.log10(residual / most);
  });
  return Math.max(...lacking);
}

/**
 * How long a chain that began anywhere must be to have come nearer to a value as large as `least`, if there were one, than it has come
 * with its largest.
 *
 * Source: J. Kuczyński and H. Woźniakowski, Estimating the largest eigenvalue by the power and Lanczos algorithms with a random start,
 * 1992, theorem 4.2.
 */
function lengthToTell(dim: number, largest: number, least: number): number {
  const apart = Math.sqrt(Math.max(1 - largest / least, 0));
  return (Math.log((1.648 * Math.sqrt(dim)) / MISSED) / apart + 1) / 2;
}
