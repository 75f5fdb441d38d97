/** Correspondences: which patches of two images show the same. */
import { OptionError } from '../../../errors/errors.ts';
import type { Point } from '../../../images/geometry/box.ts';
import type { PatchGrid } from '../../../images/geometry/patch-grid.ts';
import { bool, nonNegative, type OptionsOf, readOptions, value } from '../../../options/rows.ts';
import { fillPadding } from '../padding.ts';
import { requireFinite, requirePatches } from '../patch-matrix.ts';
import type { PlacedFeatures } from '../placed-features.ts';
import { nearestPatches, type Searched } from './nearest-patches.ts';
import { rowProduct, unitRows } from './unit-rows.ts';

/** Which patches take part: [N] of each image, 0 for those that don't. */
export interface MatchForeground {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

/** Which correspondences are kept, and how exact they are. */
export const MATCH_OPTIONS = {
  /**
   * Lowe's ratio test, 0 to 1: the distance to the nearest patch is at most this share of that to the nearest one which doesn't touch it;
   * the less, the fewer and surer; default 1, no test
   */
  ratio: nonNegative({
    default: 1,
    flag: '--ratio <share>',
    help: 'keep what is nearer than this share of the distance to any other place',
  }),
  /** whether the place in the second image is found between patches, by a parabola through the cosines beside it; default true */
  refine: bool({ default: true, flag: '--no-refine', help: 'places are the middles of patches' }),
  /** the patches that take part, such as `foregroundOf` of a basis gives; default all that are image and not padding for the greater part */
  foreground: value<MatchForeground>(),
};

/** Which correspondences are kept, and how exact they are. */
export interface MatchOptions extends OptionsOf<typeof MATCH_OPTIONS> {}

/** A patch of one image and one of another that are nearest to one another. */
export interface PatchMatch {
  readonly from: number;
  readonly to: number;
  /** the middle of the patch on the first image, in its pixels */
  readonly fromPoint: Point;
  /** the place on the second image, in its pixels */
  readonly toPoint: Point;
  readonly cosine: number;
}

/**
 * The pairs of patches of two images each of which is the other's nearest by cosine, best first.
 *
 * Source of the ratio test: Lowe, "Distinctive Image Features from Scale-Invariant Keypoints", 2004, section 7.1.
 *
 * @param a features as `patchFeatures` gives them; borrowed
 * @param b of the same model and layer
 * @throws ShapeError if features are not of one width, or not as many as patches; OptionError if the foreground is not of these, or
 *   a value is not finite
 */
export async function matchPatches(
  a: PlacedFeatures,
  b: PlacedFeatures,
  options: MatchOptions = {},
): Promise<PatchMatch[]> {
  const { ratio, refine, foreground } = readOptions('matchPatches', options, MATCH_OPTIONS);
  requirePatches('matchPatches', a);
  requirePatches('matchPatches', b, a.dim);
  for (const each of [a, b]) requireFinite('matchPatches', each);
  const { dim } = a;
  const [first, second] = [searched(a, foreground?.from), searched(b, foreground?.to)];
  const { forward, backward, cosines, seconds } = await nearestPatches(first, second, dim);
  const matches: PatchMatch[] = [];
  for (const [from, to] of forward.entries()) {
    if (to < 0 || backward[to] !== from) continue;
    const cosine = cosines[from]!;
    if (distance(cosine) > ratio * distance(seconds[from]!)) continue;
    const likeness = (patch: number) => rowProduct(first.rows, from, second.rows, patch, dim);
    const own = (patch: number) => rowProduct(second.rows, to, second.rows, patch, dim);
    const toPoint = refine ? refined(b.grid, to, likeness, own) : b.grid.centreOf(to);
    matches.push({ from, to, fromPoint: a.grid.centreOf(from), toPoint, cosine });
  }
  return matches.sort((one, other) => other.cosine - one.cosine || one.from - other.from);
}

/** The distance of vectors of length 1. */
function distance(cosine: number): number {
  return Math.sqrt(Math.max(0, 2 - 2 * cosine));
}

function searched({ features, dim, grid }: PlacedFeatures, foreground?: Uint8Array): Searched {
  if (foreground !== undefined && foreground.length !== grid.size) {
    throw new OptionError(
      `matchPatches: foreground: expected a value for each of ${grid.size} patches, got ${foreground.length}`,
    );
  }
  const mask = foreground?.map((part) => (part === 0 ? 0 : 1)) ?? new Uint8Array(grid.size).fill(1);
  return { rows: unitRows(features, dim), grid, mask: fillPadding(mask, grid, () => 0) };
}

/**
 * The point of the image at which a parabola through the cosines with a patch and with those on both sides of it has its top, for
 * each axis by itself; the middle along an axis on which one of them is missing.
 *
 * Two sides are seldom alike: the top of the patch's cosines with its own neighbours, which should be in its middle, is taken off.
 *
 * @param likeness the cosine of the other image's patch with one of this grid
 * @param own that of two patches of this grid
 */
function refined(
  grid: PatchGrid,
  patch: number,
  likeness: (patch: number) => number,
  own: (patch: number) => number,
): Point {
  const { rows, columns, patchSize } = grid;
  const [row, column] = [Math.floor(patch / columns), patch % columns];
  const shift = (at: number, count: number, step: number): number => {
    if (at === 0 || at === count - 1) return 0;
    const places = [patch - step, patch, patch + step] as const;
    const top = (cosine: (patch: number) => number) => {
      const [before, middle, after] = [cosine(places[0]), cosine(places[1]), cosine(places[2])];
      const bend = before - 2 * middle + after;
      return bend < 0 ? clamped((before - after) / (2 * bend)) : 0;
    };
    return clamped(top(likeness) - top(own));
  };
  return grid.toImage({
    x: (column + 0.5 + shift(column, columns, 1)) * patchSize[1],
    y: (row + 0.5 + shift(row, rows, columns)) * patchSize[0],
  });
}

/** Within half a patch. */
function clamped(shift: number): number {
  return Math.min(Math.max(shift, -0.5), 0.5);
}
