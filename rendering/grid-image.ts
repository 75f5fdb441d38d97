/** What each patch is like, over the pixels that the model sees. */
import { ImageError } from '../errors/errors.ts';
import type { PatchGrid } from '../images/geometry/patch-grid.ts';
import type { RawImage } from '../images/raw-image.ts';
import { choice, type OptionsOf, readOptions } from '../options/rows.ts';
import { enlarge, INTERPOLATIONS } from './enlarge.ts';
import type { Plane } from './plane.ts';

/** What of a grid says which pixels are whose. */
type Patches = Pick<PatchGrid, 'rows' | 'columns' | 'patchSize' | 'input'>;

/** How patches become pixels. */
export const GRID_OPTIONS = {
  /** `nearest`, `bilinear` or `bicubic`: `nearest` shows patches as squares, the others blend them */
  interpolation: choice(INTERPOLATIONS, {
    default: 'nearest',
    flag: '--interpolation <name>',
    help: 'how patches become pixels',
  }),
};

/** How patches become pixels. */
export type GridOptions = OptionsOf<typeof GRID_OPTIONS>;

/**
 * The colours of patches as an image of the size that the model sees; pixels of no patch are black.
 *
 * @param colours [N, 3] RGB, row-major over the grid; borrowed
 * @throws OptionError; ImageError if there are not as many colours as patches
 */
export function gridImage(grid: Patches, colours: Uint8Array, options: GridOptions = {}): RawImage {
  const { interpolation } = readOptions('gridImage', options, GRID_OPTIONS);
  const { rows, columns, input } = grid;
  requireEach('gridImage: expected a colour', grid, colours.length / 3);
  const small: RawImage = { width: columns, height: rows, channels: 3, data: colours };
  const { width, height, data } = enlarge(small, ...coveredSize(grid), interpolation);
  const whole = new Uint8Array(3 * input.width * input.height);
  for (let y = 0; y < height; y++)
    whole.set(data.subarray(3 * y * width, 3 * (y + 1) * width), 3 * y * input.width);
  return { width: input.width, height: input.height, channels: 3, data: whole };
}

/**
 * The values of patches as a plane of the size that the model sees; pixels of no patch are NaN.
 *
 * @param values [N], row-major over the grid; borrowed
 * @throws OptionError; ImageError if there are not as many values as patches
 */
export function gridPlane(grid: Patches, values: Float32Array, options: GridOptions = {}): Plane {
  const { interpolation } = readOptions('gridPlane', options, GRID_OPTIONS);
  const { rows, columns, input } = grid;
  requireEach('gridPlane: expected a value', grid, values.length);
  const covered = enlarge({ width: columns, height: rows, values }, ...coveredSize(grid), interpolation);
  const whole = new Float32Array(input.width * input.height).fill(Number.NaN);
  for (let y = 0; y < covered.height; y++)
    whole.set(covered.values.subarray(y * covered.width, (y + 1) * covered.width), y * input.width);
  return { width: input.width, height: input.height, values: whole };
}

/** Width and height of all patches. */
function coveredSize({ rows, columns, patchSize }: Patches): [number, number] {
  return [columns * patchSize[1], rows * patchSize[0]];
}

function requireEach(what: string, { rows, columns }: Patches, given: number): void {
  if (given === rows * columns) return;
  throw new ImageError(
    `${what} for each of ${rows}×${columns} patches, got ${given}; give the grid that they are of`,
  );
}
