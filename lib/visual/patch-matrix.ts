/** Features of the patches of an image, as all that looks at them takes them. */
import { OptionError, ShapeError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import type { PatchPart } from '../../images/geometry/patch-grid.ts';

/** How patches lie, and which of them are image; without `imagePart` all are. */
export interface PatchLayout {
  readonly rows: number;
  readonly columns: number;
  readonly imagePart?: PatchPart;
}

/** One vector for each patch of an image; `PatchFeatures` are such. */
export interface PatchMatrix {
  /** [N, D] row-major */
  readonly features: Float32Array;
  /** D */
  readonly dim: number;
  /** how the patches lie, row after row; without it none is known to be at the border, or padding */
  readonly grid?: PatchLayout;
}

/**
 * How many patches there are.
 *
 * @param expected the width; default any
 * @throws ShapeError if there are none, or not whole vectors, vectors of another width, or a grid of other patches
 */
export function requirePatches(where: string, { features, dim, grid }: PatchMatrix, expected = dim): number {
  const count = features.length / dim;
  if (!(Number.isSafeInteger(dim) && dim >= 1 && Number.isSafeInteger(count) && count >= 1)) {
    throw new ShapeError(
      `${where}: expected at least one patch of dim values each, got ${features.length} values and dim ${shown(dim)}`,
    );
  }
  if (dim !== expected) {
    throw new ShapeError(
      `${where}: expected patches of ${expected} values, got ${dim}; take features of one model, layer and facet`,
    );
  }
  if (grid !== undefined && grid.rows * grid.columns !== count) {
    throw new ShapeError(
      `${where}: expected ${grid.rows} × ${grid.columns} patches as the grid has, got ${count}`,
    );
  }
  return count;
}

/**
 * Refuses features with a value that is not finite.
 *
 * @throws OptionError naming the first patch that has one
 */
export function requireFinite(where: string, { features, dim }: PatchMatrix): void {
  const odd = features.findIndex((value) => !Number.isFinite(value));
  if (odd < 0) return;
  throw new OptionError(
    `${where}: expected features that are finite, got ${features[odd]} in patch ${Math.floor(odd / dim)}; leave that image out`,
  );
}
