/** Position embeddings and their interpolation to other grids. */
import { concat, dispose, keep, type Rank, reshape, slice, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors/errors.ts';
import { versionOf } from '../ops/assign.ts';
import { bicubicAntialiasMatrix, bicubicMatrix } from '../ops/bicubic.ts';
import { isRecording, needsGradient, unrecorded } from '../ops/gradients/tape.ts';
import { interpolateGrid } from '../ops/interpolate.ts';
import type { WeightReader } from './weight-reader.ts';

/**
 * How the trained table is resampled to another grid.
 *
 * `bicubic`: by size, no antialias (transformers, plain models). `bicubic-offset`: by the scale factor
 * (n + 0.1) / table, no antialias (the original code, plain models). `bicubic-antialias`: by size with antialias
 * (everybody's register models; timm's plain ones too).
 */
export type PositionResampling = 'bicubic' | 'bicubic-offset' | 'bicubic-antialias';

/** The sizes of a table of positions. */
export interface PosEmbedOptions {
  /** D */
  dim: number;
  /** the trained grid [h, w] in patches */
  grid: readonly [number, number];
  resampling: PositionResampling;
}

/** What the original code adds to the grid size before it computes its scale factor (`interpolate_offset`). */
const INTERPOLATE_OFFSET = 0.1;

/** Grids kept at once; a batch job meets one or two, a search over sizes should not fill the memory. */
const KEPT_GRIDS = 4;

/** Values of the largest table that is made, 2 GB: beyond, memory would end before the images do. */
const LARGEST_TABLE = 2 ** 29;

/**
 * A table with one vector for CLS and one per patch of the trained grid.
 *
 * Meta: `interpolate_pos_encoding` · HF: `Dinov2Embeddings.interpolate_pos_encoding`. The sources differ in how
 * they resample; see `PositionResampling`.
 * Source: github.com/facebookresearch/dinov2/blob/e1277af2ba9496fbadf7aec6eba56e8d882d1e35/dinov2/models/vision_transformer.py#L179-L211
 */
export class PosEmbed {
  readonly table: Tensor3D;
  readonly grid: readonly [number, number];
  readonly resampling: PositionResampling;
  /** tables already resampled, most recently used last */
  readonly kept = new Map<string, Tensor3D>();
  private keptVersion = 0;

  /** @param table [1, 1 + h·w, D]; borrowed */
  constructor(table: Tensor3D, { grid, resampling }: Pick<PosEmbedOptions, 'grid' | 'resampling'>) {
    this.table = table;
    this.grid = grid;
    this.resampling = resampling;
  }

  /** Reads the table, which stands under the name `pos_embed` itself. */
  static async load(weights: WeightReader, options: PosEmbedOptions): Promise<PosEmbed> {
    const { dim, grid } = options;
    return new PosEmbed(await weights.read<Rank.R3>('pos_embed', [1, 1 + grid[0] * grid[1], dim]), options);
  }

  /**
   * The embeddings of a grid of h×w patches.
   *
   * @param height h in patches
   * @param width w in patches
   * @param squareImage whether the image, in pixels, is square: only then is a table that has the right
   *   number of entries used as it is
   * @returns [1, 1 + h·w, D]; borrowed from this layer, which keeps the last few grids until the table is changed; where its
   *   gradient is asked for, owned by the caller's `tidy`
   * @throws ShapeError if there would be more than 2 GB of them
   */
  forward(height: number, width: number, squareImage: boolean): Tensor3D {
    const [tableHeight, tableWidth] = this.grid;
    if (height * width === tableHeight * tableWidth && squareImage) return this.table;
    if (isRecording() && needsGradient(this.table)) return this.resample(height, width);
    const key = `${height}×${width}`;
    this.dropStale();
    const found = this.kept.get(key);
    if (found !== undefined) {
      this.kept.delete(key);
      this.kept.set(key, found);
      return found;
    }
    const resampled = keep(unrecorded(() => this.resample(height, width)));
    this.kept.set(key, resampled);
    const [oldest] = this.kept.keys();
    if (this.kept.size > KEPT_GRIDS && oldest !== undefined) {
      dispose(this.kept.get(oldest));
      this.kept.delete(oldest);
    }
    return resampled;
  }

  /** Frees what was made of other values than the table has now. */
  private dropStale(): void {
    const version = versionOf(this.table);
    if (version !== this.keptVersion) this.dispose();
    this.keptVersion = version;
  }

  /** Frees the kept grids; the table belongs to whoever read it. */
  dispose(): void {
    for (const table of this.kept.values()) table.dispose();
    this.kept.clear();
  }

  private resample(height: number, width: number): Tensor3D {
    const [tableHeight, tableWidth] = this.grid;
    const dim = this.table.shape[2];
    if (height * width * dim > LARGEST_TABLE) {
      throw new ShapeError(
        `PosEmbed: expected positions of at most 2 GB, got a grid of ${height}×${width} patches; take smaller images`,
      );
    }
    const rowWeights = this.axisWeights(tableHeight, height);
    const columnWeights = this.axisWeights(tableWidth, width);
    return tidy(() => {
      const cls = slice(this.table, [0, 0, 0], [1, 1, dim]);
      const patches = slice(this.table, [0, 1, 0], [1, tableHeight * tableWidth, dim]);
      const grid: Tensor3D = reshape(patches, [tableHeight, tableWidth, dim]);
      const resampled = interpolateGrid(grid, rowWeights, columnWeights);
      return concat([cls, reshape(resampled, [1, height * width, dim])], 1) as Tensor3D;
    });
  }

  private axisWeights(from: number, to: number): Float32Array {
    switch (this.resampling) {
      case 'bicubic':
        return bicubicMatrix(from, to, from / to);
      case 'bicubic-offset':
        return bicubicMatrix(from, to, 1 / ((to + INTERPOLATE_OFFSET) / from));
      case 'bicubic-antialias':
        return bicubicAntialiasMatrix(from, to);
    }
  }
}
