/** Patches of padding, which a model sees and which say nothing of an image. */
import { gatherRows } from '../learning/gather-rows.ts';
import type { PatchLayout, PatchMatrix } from './patch-matrix.ts';

/** Patches of an image, and which of those given they are. */
export interface ImageMatrix extends PatchMatrix {
  /** how many were given, and the numbers of these among them; undefined if these are all */
  readonly among?: { readonly count: number; readonly places: readonly number[] };
}

/** The numbers of the patches that are image for the greater part; undefined if all are. */
export function imagePatches({ rows, columns, imagePart: part }: PatchLayout): number[] | undefined {
  if (part === undefined || (part.rows === rows && part.columns === columns)) return undefined;
  return Array.from({ length: part.rows * part.columns }, (_, i) => {
    const [row, column] = [Math.floor(i / part.columns), i % part.columns];
    return (part.row + row) * columns + part.column + column;
  });
}

/** Features without those of padding; the same arrays where there is none. */
export function withoutPadding(matrix: PatchMatrix): ImageMatrix {
  const { features, dim, grid } = matrix;
  const places = grid && imagePatches(grid);
  if (places === undefined) return matrix;
  const { rows, columns } = grid?.imagePart ?? { rows: 0, columns: 0 };
  const among = { count: features.length / dim, places };
  return { features: gatherRows(features, dim, places), dim, grid: { rows, columns }, among };
}

/**
 * Gives patches of padding one value.
 *
 * @param values [N], changed in place
 * @param value of the values of all patches that are image
 */
export function fillPadding<Values extends Float32Array | Uint8Array>(
  values: Values,
  grid: PatchLayout | undefined,
  value: (ofImage: readonly number[]) => number,
): Values {
  const places = grid && imagePatches(grid);
  if (places === undefined) return values;
  const kept = places.map((place) => values[place]!);
  values.fill(value(kept));
  for (const [i, place] of places.entries()) values[place] = kept[i]!;
  return values;
}
