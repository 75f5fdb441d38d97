/** Views for drawing. */

import { patchGrid } from '../../images/geometry/patch-grid.ts';
import { DINOV2_PROCESSOR } from '../../images/processor-config.ts';
import { withSettings } from '../../images/processor-settings.ts';
import { enlargedView } from './enlarged-view.ts';

const config = withSettings(DINOV2_PROCESSOR, { size: 20, cropSize: { height: 24, width: 18 } }, 'test');
const grid = patchGrid({ height: 37, width: 53 }, config, 6);
const data = Uint8Array.from({ length: 24 * 18 * 3 }, (_, i) => (i * 7) % 256);
const view = { grid, seen: { width: 18, height: 24, channels: 3, data } as const };

test('an enlarged view has more pixels a patch, and the same places on the image', () => {
  const large = enlargedView(view, 5);
  expect(large.seen).toMatchObject({ width: 90, height: 120 });
  expect(large.grid).toMatchObject({ rows: 4, columns: 3, patchSize: [30, 30], image: grid.image });
  for (let patch = 0; patch < grid.size; patch++) {
    expect(large.grid.coverage(patch)).toBeCloseTo(grid.coverage(patch), 12);
    for (const key of ['x', 'y', 'width', 'height'] as const)
      expect(large.grid.boxOf(patch)[key]).toBeCloseTo(grid.boxOf(patch)[key], 9);
  }
  const { x, y } = grid.toInput({ x: 30.5, y: 11 });
  expect(large.grid.toInput({ x: 30.5, y: 11 })).toEqual({ x: 5 * x, y: 5 * y });
});

test('once as large is the view itself', () => {
  expect(enlargedView(view, 1)).toBe(view);
});
