/** The tokens of a view that is computed in tiles. */
import { modelOf, type Runnable } from '../../graph/engines/runnable.ts';
import type { PatchGrid } from '../../images/geometry/patch-grid.ts';
import type { Dinov2Model } from '../families/dinov2/dinov2-model.ts';
import type { ImageView } from './image-view.ts';
import { TileBlend, tilesOf } from './tiles.ts';
import { type TokenValues, tokensOf, type WantedTokens } from './tokens-of.ts';

/**
 * The patches of a tile.
 *
 * @param tileSize pixels of a side, rounded to patches, at least one
 */
export function tileShape(
  { rows, columns, patchSize: [height, width] }: PatchGrid,
  tileSize: number,
): { rows: number; columns: number } {
  const patches = (side: number, most: number): number =>
    Math.min(Math.max(1, Math.round(tileSize / side)), most);
  return { rows: patches(height, rows), columns: patches(width, columns) };
}

/**
 * What `tokensOf` gives of a view, of tiles that each are an image of its own: blended patches, and means of CLS and registers.
 *
 * @param tileSize as `tileShape` takes it
 * @param tileOverlap pixels that neighbours share, rounded to patches; default a quarter of a tile
 */
export async function tiledTokens(
  model: Runnable<Dinov2Model>,
  view: ImageView,
  wanted: WantedTokens,
  tileSize: number,
  tileOverlap = tileSize / 4,
): Promise<TokenValues> {
  const { rows, columns, patchSize } = view.grid;
  const [height, width] = patchSize;
  const shape = tileShape(view.grid, tileSize);
  const overlap = [Math.round(tileOverlap / height), Math.round(tileOverlap / width)] as const;
  const prefix = 1 + modelOf(model).config.numRegisterTokens;
  let blend: TileBlend | undefined;
  let dim = 0;
  for (const tile of tilesOf([rows, columns], [shape.rows, shape.columns], overlap)) {
    const pixelValues = view.pixelValuesOf({
      x: tile.column * width,
      y: tile.row * height,
      width: tile.columns * width,
      height: tile.rows * height,
    });
    const tokens = await tokensOf(model, pixelValues, wanted);
    dim = tokens.dim;
    blend ??= new TileBlend([rows, columns], overlap, prefix, dim);
    blend.add(tile, tokens.values);
  }
  if (blend === undefined) throw new Error('internal: a view without tiles');
  return { values: blend.finish(), dim };
}
