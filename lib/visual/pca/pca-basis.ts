/** A fitted PCA: what images are coloured by. */

import { RowMatrix } from '../../products/row-matrix.ts';
import { fillPadding } from '../padding.ts';
import { type PatchMatrix, requireFinite, requirePatches } from '../patch-matrix.ts';
import { type Foreground, foregroundMask, foregroundScores } from './foreground.ts';
import { decodePcaBasis, encodePcaBasis } from './pca-file.ts';
import type { PcaParts } from './pca-parts.ts';
import { scoresOf } from './scores.ts';

/**
 * The components of patch features, with the split into foreground and background and the range of colours that they were
 * fitted with. What becomes of an image depends on the image and the basis, and on nothing else. Made by `fitPca`.
 */
export class PcaBasis implements PcaParts {
  /** [D], of the foreground */
  readonly mean: Float64Array;
  /** [k, D], each of length 1, the one of most variance first */
  readonly components: Float64Array;
  /** [k], of the foreground, with N − 1 as the divisor */
  readonly explainedVariance: Float64Array;
  /** [k], parts of the variance of the foreground */
  readonly explainedVarianceRatio: Float64Array;
  readonly range: Float64Array;
  readonly foreground: Foreground | undefined;
  /** of a basis out of a file, what `toBytes` was given beside it */
  readonly metadata: Readonly<Record<string, string>>;

  /** @param parts those of `fitPca` or of a file; kept, not copied */
  constructor(parts: PcaParts) {
    this.mean = parts.mean;
    this.components = parts.components;
    this.explainedVariance = parts.explainedVariance;
    this.explainedVarianceRatio = parts.explainedVarianceRatio;
    this.range = parts.range;
    this.foreground = parts.foreground;
    this.metadata = parts.metadata ?? {};
  }

  /** D */
  get dim(): number {
    return this.mean.length;
  }

  /** k, how many components there are */
  get count(): number {
    return this.explainedVariance.length;
  }

  /**
   * Scores of patches: how far from the mean they are along each component.
   *
   * @returns [N, k]
   * @throws ShapeError if patches are of another width; OptionError if a value is not finite
   */
  project(matrix: PatchMatrix): Float32Array {
    const scores = this.scoresOf('PcaBasis.project', matrix, this.rowsOf('PcaBasis.project', matrix));
    const count = scores[0]?.length ?? 0;
    const all = new Float32Array(count * this.count);
    for (const [c, each] of scores.entries()) {
      for (let i = 0; i < count; i++) all[i * this.count + c] = each[i]!;
    }
    return all;
  }

  /**
   * Which patches are foreground; all of them, where the basis has no split, but for padding.
   *
   * @returns [N], 1 where a patch is foreground, else 0
   * @throws what `project` throws
   */
  foregroundOf(matrix: PatchMatrix): Uint8Array {
    return this.maskOf('PcaBasis.foregroundOf', matrix, this.rowsOf('PcaBasis.foregroundOf', matrix));
  }

  /**
   * The first three components as red, green and blue: from 0 at the lower end of the range to 255 at the upper one; a colour
   * without a component, or whose range is empty, is 128. Background is black.
   *
   * @returns [N, 3]
   * @throws what `project` throws
   */
  colours(matrix: PatchMatrix): Uint8Array {
    const where = 'PcaBasis.colours';
    const rows = this.rowsOf(where, matrix);
    const mask = this.maskOf(where, matrix, rows);
    const scores = this.scoresOf(where, matrix, rows);
    const colours = new Uint8Array(mask.length * 3);
    for (let c = 0; c < 3; c++) {
      const [low = 0, high = 0] = this.range.subarray(2 * c, 2 * c + 2);
      const each = scores[c];
      for (let i = 0; i < mask.length; i++) {
        if (mask[i] === 0) continue;
        const part = each !== undefined && high > low ? (each[i]! - low) / (high - low) : 128 / 255;
        colours[3 * i + c] = Math.floor(255 * Math.min(Math.max(part, 0), 1) + 0.5);
      }
    }
    return colours;
  }

  /**
   * The basis as a safetensors file of float64 tensors: `mean`, `components`, `explained_variance`, `explained_variance_ratio`,
   * `range`, and of a split `foreground_mean`, `foreground_component`, `foreground_threshold` and `foreground_is_above`.
   *
   * @param metadata free text beside it, such as of which model and layer the features are; default what the basis has
   */
  toBytes(metadata = this.metadata): Uint8Array {
    return encodePcaBasis(this, metadata);
  }

  /**
   * The basis of a file that `toBytes` has made, to the bit.
   *
   * @param name what error messages call the file
   * @throws WeightsError if it is no such file
   */
  static async fromBytes(bytes: Uint8Array, name = 'PcaBasis.fromBytes'): Promise<PcaBasis> {
    return new PcaBasis(await decodePcaBasis(bytes, name));
  }

  private rowsOf(where: string, matrix: PatchMatrix): RowMatrix {
    requirePatches(where, matrix, this.dim);
    return new RowMatrix(this.dim, [matrix.features]);
  }

  /** What is foreground, none of padding. */
  private maskOf(where: string, matrix: PatchMatrix, rows: RowMatrix): Uint8Array {
    if (this.foreground === undefined) {
      return fillPadding(new Uint8Array(rows.count).fill(1), matrix.grid, () => 0);
    }
    const scores = foregroundScores(rows, this.foreground);
    if (!scores.every(Number.isFinite)) requireFinite(where, matrix);
    return fillPadding(foregroundMask(scores, this.foreground), matrix.grid, () => 0);
  }

  /** Scores in float64, component by component. */
  private scoresOf(where: string, matrix: PatchMatrix, rows: RowMatrix): Float64Array[] {
    const scores = scoresOf(rows, this.mean, this.components);
    if (!scores.every((each) => each.every(Number.isFinite))) requireFinite(where, matrix);
    return scores;
  }
}
