/** A split into foreground and background that was found elsewhere. */
import { OptionError } from '../../../errors/errors.ts';
import type { Foreground } from './foreground.ts';

/** The split of another basis, or a direction of one's own: foreground is where ⟨patch − mean, component⟩ is above the threshold. */
export interface GivenForeground {
  /** [D]; need not be of length 1 */
  readonly component: ArrayLike<number>;
  readonly threshold: number;
  /** [D]; default 0 each */
  readonly mean?: ArrayLike<number> | undefined;
  /** whether scores above the threshold are foreground, or those that are not; default true */
  readonly isAbove?: boolean | undefined;
}

/** Whether a value is such a split, of finite numbers. */
export function isGivenForeground(given: unknown): given is GivenForeground {
  if (typeof given !== 'object' || given === null) return false;
  const { component, threshold, mean, isAbove }: Record<string, unknown> = { ...given };
  return (
    isVector(component) &&
    Number.isFinite(threshold) &&
    (mean === undefined || isVector(mean)) &&
    (isAbove === undefined || typeof isAbove === 'boolean')
  );
}

/**
 * A split for patches of a width.
 *
 * @param dim D
 * @throws OptionError if it is one of another width
 */
export function foregroundGiven(where: string, given: GivenForeground, dim: number): Foreground {
  const { threshold, isAbove = true } = given;
  const component = Float64Array.from(given.component);
  const mean = Float64Array.from(given.mean ?? component.map(() => 0));
  for (const { length } of [component, mean]) {
    if (length === dim) continue;
    throw new OptionError(
      `${where}: foreground: expected ${dim} values as patches have, got ${length}; give that of the same model, layer and facet`,
    );
  }
  return { mean, component, threshold, isAbove };
}

function isVector(given: unknown): boolean {
  const values: unknown[] = Array.isArray(given) || ArrayBuffer.isView(given) ? Object.values(given) : [];
  return values.length > 0 && values.every(Number.isFinite);
}
