/** A step along a direction that fulfils the strong Wolfe conditions. */

/** A function of the length of the step, and its slope there. */
export interface Along {
  readonly step: number;
  readonly value: number;
  readonly slope: number;
}

/** How much of what the slope at 0 promises the value has to fall by. */
const DECREASE = 1e-4;
/** How much flatter the slope has to become. */
const CURVATURE = 0.9;
/** Changes of the value below this part of it are rounding; then slopes alone decide. */
const ROUNDING = 1e-14;
const TRIES = 40;

/**
 * Finds a step at which the value has fallen enough and the slope is flat enough.
 *
 * Source: Nocedal and Wright, "Numerical Optimization", 2006, algorithms 3.5 and 3.6; near the end, where values differ by
 * rounding alone, the approximate conditions of Hager and Zhang, 2005.
 *
 * @param at the function and its slope at a step
 * @param start at step 0, where the slope is negative
 * @param first the step to try first
 * @returns undefined if there is none, as where rounding leaves nothing to gain
 */
export function wolfeStep(at: (step: number) => Along, start: Along, first: number): Along | undefined {
  const slack = ROUNDING * Math.abs(start.value);
  const hasFallen = ({ step, value }: Along): boolean =>
    value <= start.value + DECREASE * step * start.slope || value <= start.value + slack;
  const isFlat = ({ slope }: Along): boolean => Math.abs(slope) <= -CURVATURE * start.slope;
  let low = start;
  let high: Along | undefined;
  let step = first;
  for (let i = 0; i < TRIES; i++) {
    const here = at(step);
    if (!Number.isFinite(here.value) || !hasFallen(here) || (high && here.value > low.value + slack))
      high = here;
    else if (isFlat(here)) return here;
    else if (here.slope > 0) high = here;
    else low = here;
    step = high === undefined ? 2 * step : between(low, high);
  }
  return undefined;
}

/** The minimum of the cubic through two points, kept away from both; their middle where it has none. */
function between(low: Along, high: Along): number {
  const width = high.step - low.step;
  const mean = low.slope + high.slope - (3 * (low.value - high.value)) / (low.step - high.step);
  const root = Math.sqrt(mean * mean - low.slope * high.slope);
  const cubic = high.step - width * ((high.slope + root - mean) / (high.slope - low.slope + 2 * root));
  const near = low.step + 0.1 * width;
  const far = low.step + 0.9 * width;
  return cubic >= near && cubic <= far ? cubic : low.step + width / 2;
}
