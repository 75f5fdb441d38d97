/** Tiles cover a grid, and their blend has no seams. */
import { type Tile, TileBlend, tilesOf } from './tiles.ts';

test.each([
  [
    [7, 9],
    [3, 4],
    [1, 2],
  ],
  [
    [7, 9],
    [7, 9],
    [2, 2],
  ],
  [
    [5, 5],
    [9, 9],
    [4, 4],
  ],
  [
    [1, 23],
    [4, 5],
    [3, 0],
  ],
  [
    [8, 8],
    [1, 1],
    [0, 0],
  ],
] as const)('a grid of %p in tiles of %p that share %p', (grid, shape, overlap) => {
  const tiles = tilesOf(grid, shape, overlap);
  const size = `${Math.min(grid[0], shape[0])}×${Math.min(grid[1], shape[1])}`;
  expect(new Set(tiles.map(({ rows, columns }) => `${rows}×${columns}`))).toEqual(new Set([size]));

  // what is the same in every tile is the same in the blend
  const plane = (row: number, column: number): number[] => [2 * row - column, 3, row * column];
  const blend = new TileBlend(grid, overlap, 0, 3);
  for (const tile of tiles) blend.add(tile, featuresOf(tile, plane));
  const expected = featuresOf({ row: 0, column: 0, rows: grid[0], columns: grid[1] }, plane);
  const found = blend.finish();
  expect(found).toHaveLength(expected.length);
  expect(Math.max(...found.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(2e-5);
});

function featuresOf({ row, column, rows, columns }: Tile, of: (row: number, column: number) => number[]) {
  const places = Array.from({ length: rows * columns }, (_, i) => [
    row + Math.floor(i / columns),
    column + (i % columns),
  ]);
  return Float32Array.from(places.flatMap(([y = 0, x = 0]) => of(y, x)));
}

test('where tiles differ, their blend goes from one to the other in equal steps', () => {
  const overlap = [0, 3] as const;
  const blend = new TileBlend([1, 13], overlap, 1, 1);
  const tiles = tilesOf([1, 13], [1, 8], overlap);
  expect(tiles.map(({ column }) => column)).toEqual([0, 5]);
  for (const [i, tile] of tiles.entries()) blend.add(tile, new Float32Array(9).fill(i));
  // a token before the patches is the mean
  expect([...blend.finish()]).toEqual([0.5, 0, 0, 0, 0, 0, 0.25, 0.5, 0.75, 1, 1, 1, 1, 1]);
});

test('where the last tile overlaps by more, tiles weigh the same but near their edges', () => {
  const overlap = [0, 1] as const;
  const blend = new TileBlend([1, 15], overlap, 0, 1);
  const tiles = tilesOf([1, 15], [1, 7], overlap);
  expect(tiles.map(({ column }) => column)).toEqual([0, 6, 8]);
  for (const [i, tile] of tiles.entries()) blend.add(tile, new Float32Array(7).fill(i));
  const shared = [4 / 3, 1.5, 1.5, 1.5, 5 / 3].map(Math.fround);
  expect([...blend.finish()]).toEqual([0, 0, 0, 0, 0, 0, 0.5, 1, ...shared, 2, 2]);
});

test('tiles that would share all they have go on by a patch', () => {
  const columns = tilesOf([1, 5], [1, 3], [0, 9]).map(({ column }) => column);
  expect(columns).toEqual([0, 1, 2]);
});
