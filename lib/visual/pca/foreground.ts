/** Foreground and background by the first component, as in the DINOv2 paper. */
import type { RowMatrix } from '../../products/row-matrix.ts';
import { scoresOf } from './scores.ts';

/** Which patches are foreground. */
export interface Foreground {
  /** [D] */
  readonly mean: Float64Array;
  /** [D], the first component of all patches */
  readonly component: Float64Array;
  /** of scores on that component */
  readonly threshold: number;
  /** whether scores above the threshold are foreground, or those that are not */
  readonly isAbove: boolean;
}

/** Scores of one image's patches on the first component. */
export interface ImageScores {
  /** [N] */
  readonly scores: Float64Array;
  readonly grid?: { readonly rows: number; readonly columns: number };
}

/**
 * Scores on the first component.
 *
 * @param rows [N, D]
 * @returns [N]
 */
export function foregroundScores(
  rows: RowMatrix,
  { mean, component }: Pick<Foreground, 'mean' | 'component'>,
): Float64Array {
  return scoresOf(rows, mean, component)[0]!;
}

/**
 * Which patches are foreground.
 *
 * @returns [N], 1 where a patch is
 */
export function foregroundMask(
  scores: Float64Array,
  { threshold, isAbove }: Pick<Foreground, 'threshold' | 'isAbove'>,
): Uint8Array {
  const mask = new Uint8Array(scores.length);
  for (const [i, score] of scores.entries()) mask[i] = Number(score > threshold === isAbove);
  return mask;
}

/**
 * The threshold that parts scores best: Otsu's, which leaves the least variance within the two parts, half way between the nearest
 * scores of either. It is found among all scores, not in a histogram.
 *
 * Source: N. Otsu, A threshold selection method from gray-level histograms, 1979.
 *
 * @returns undefined if all scores are equal
 */
export function otsuThreshold(scores: Float64Array): number | undefined {
  const sorted = scores.slice().sort();
  const count = sorted.length;
  const total = sorted.reduce((sum, score) => sum + score, 0);
  let best = 0;
  let threshold: number | undefined;
  let below = 0;
  for (let i = 1; i < count; i++) {
    below += sorted[i - 1]!;
    if (sorted[i - 1] === sorted[i]) continue;
    const apart = below / i - (total - below) / (count - i);
    const between = apart * apart * i * (count - i);
    if (between <= best) continue;
    best = between;
    threshold = (sorted[i - 1]! + sorted[i]!) / 2;
  }
  return threshold;
}

/** A threshold at a part of the way from the lowest score to the highest; undefined if all scores are equal. */
export function thresholdAt(scores: Float64Array, part: number): number | undefined {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const score of scores) {
    lowest = Math.min(lowest, score);
    highest = Math.max(highest, score);
  }
  // exactly the ends at 0 and 1
  return lowest < highest ? (1 - part) * lowest + part * highest : undefined;
}

/**
 * Whether the scores above a threshold are those inside. What is in front seldom runs along the border: inside is the side of whose
 * patches fewer are at the border of their image; where that is equal or no image says how its patches lie, the side that has
 * fewer patches; if these are equal too, the scores above.
 */
export function isInsideAbove(images: readonly ImageScores[], threshold: number): boolean {
  const above = { patches: 0, border: 0 };
  const below = { patches: 0, border: 0 };
  for (const { scores, grid } of images) {
    for (const [i, score] of scores.entries()) {
      const side = score > threshold ? above : below;
      side.patches++;
      if (grid !== undefined && isAtBorder(i, grid)) side.border++;
    }
  }
  const borderOfAbove = above.border * below.patches;
  const borderOfBelow = below.border * above.patches;
  if (borderOfAbove !== borderOfBelow) return borderOfAbove < borderOfBelow;
  return above.patches <= below.patches;
}

function isAtBorder(patch: number, { rows, columns }: { rows: number; columns: number }): boolean {
  const row = Math.floor(patch / columns);
  const column = patch % columns;
  return row === 0 || column === 0 || row === rows - 1 || column === columns - 1;
}
