/** Tiles: parts of a grid of patches that overlap, and the blending of what is computed of each. */

/** A part of a grid, in whole patches. */
export interface Tile {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Tiles of one size that cover a grid, row by row. The last of an axis ends with it, and overlaps the one before it by more.
 *
 * @param grid rows and columns
 * @param tile at most so many rows and columns each
 * @param overlap rows and columns that neighbours share, fewer than the tile has
 */
export function tilesOf(
  grid: readonly [number, number],
  tile: readonly [number, number],
  overlap: readonly [number, number],
): Tile[] {
  const [rows, columns] = [Math.min(tile[0], grid[0]), Math.min(tile[1], grid[1])];
  return starts(grid[0], rows, overlap[0]).flatMap((row) =>
    starts(grid[1], columns, overlap[1]).map((column) => ({ row, column, rows, columns })),
  );
}

function starts(length: number, tile: number, overlap: number): number[] {
  const step = tile - Math.min(overlap, tile - 1);
  const count = Math.ceil((length - tile) / step) + 1;
  return Array.from({ length: count }, (_, i) => Math.min(i * step, length - tile));
}

/**
 * The tokens of a grid of what is computed of its tiles: in an overlap, means whose weights fall linearly towards the edge of a
 * tile, so that no seam is seen; of the tokens before the patches, which every tile has, plain means.
 */
export class TileBlend {
  private readonly grid: readonly [number, number];
  private readonly overlap: readonly [number, number];
  private readonly prefix: number;
  private readonly dim: number;
  private readonly sums: Float32Array;
  private readonly weights: Float32Array;

  /**
   * @param prefix how many tokens stand before the patches
   * @param dim values of each token
   */
  constructor(
    grid: readonly [number, number],
    overlap: readonly [number, number],
    prefix: number,
    dim: number,
  ) {
    const tokens = prefix + grid[0] * grid[1];
    this.grid = grid;
    this.overlap = overlap;
    this.prefix = prefix;
    this.dim = dim;
    this.sums = new Float32Array(tokens * dim);
    this.weights = new Float32Array(tokens);
  }

  /**
   * Adds what was computed of a tile.
   *
   * @param values [prefix + rows · columns, dim] row-major; borrowed
   */
  add({ row, column, rows, columns }: Tile, values: Float32Array): void {
    const { grid, overlap, prefix } = this;
    for (let token = 0; token < prefix; token++) this.addToken(token, values, token, 1);
    for (let y = 0; y < rows; y++) {
      const weightY = ramp(y, row, rows, grid[0], overlap[0]);
      for (let x = 0; x < columns; x++) {
        const to = prefix + (row + y) * grid[1] + column + x;
        const weight = weightY * ramp(x, column, columns, grid[1], overlap[1]);
        this.addToken(to, values, prefix + y * columns + x, weight);
      }
    }
  }

  /** @returns [prefix + N, dim], once every tile is added; the blend's own memory */
  finish(): Float32Array {
    const { dim, sums, weights } = this;
    for (const [token, weight] of weights.entries()) {
      for (let at = token * dim; at < (token + 1) * dim; at++) sums[at] = sums[at]! / weight;
    }
    return sums;
  }

  private addToken(to: number, values: Float32Array, from: number, weight: number): void {
    const { dim, sums, weights } = this;
    for (let d = 0; d < dim; d++) {
      sums[to * dim + d] = sums[to * dim + d]! + weight * values[from * dim + d]!;
    }
    weights[to] = weights[to]! + weight;
  }
}

/** The weight of a place along one axis of a tile: 1, and less where a neighbour overlaps. */
function ramp(at: number, start: number, length: number, whole: number, overlap: number): number {
  const before = start === 0 ? 1 : (at + 1) / (overlap + 1);
  const after = start + length === whole ? 1 : (length - at) / (overlap + 1);
  return Math.min(1, before, after);
}
