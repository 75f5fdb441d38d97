/** The lengths of a shape as a tuple of known rank. */
import { ShapeError } from '../errors/errors.ts';

/** A tuple of `Rank` numbers. */
export type Dimensions<Rank extends number, Found extends number[] = []> = Found['length'] extends Rank
  ? Found
  : Dimensions<Rank, [...Found, number]>;

/**
 * Checks how many axes a shape has, so that it can be taken apart by name: `const [B, T, D] = dimensions(x.shape, 3, 'x')`.
 *
 * @param name what has the shape, for the error message
 * @throws ShapeError if it has more or fewer axes
 */
export function dimensions<Rank extends number>(
  shape: readonly number[],
  rank: Rank,
  name: string,
): Readonly<Dimensions<Rank>> {
  if (hasRank(shape, rank)) return shape;
  throw new ShapeError(`${name}: expected ${rank} dimensions, got [${shape.join(', ')}]`);
}

function hasRank<Rank extends number>(
  shape: readonly number[],
  rank: Rank,
): shape is readonly number[] & Readonly<Dimensions<Rank>> {
  return shape.length === rank;
}
