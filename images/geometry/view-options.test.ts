/** The sizes in which images are seen. */
import { DINOV2_PROCESSOR } from '../processor-config.ts';
import { withSettings } from '../processor-settings.ts';
import { patchGrid } from './patch-grid.ts';
import { FITS, viewConfig } from './view-options.ts';

const PATCH = [14, 14] as const;

function gridOf(
  width: number,
  height: number,
  fit: (typeof FITS)[number],
  size?: number,
  patch: readonly [number, number] = PATCH,
) {
  const view = { fit, ...(size !== undefined && { size }) };
  const config = viewConfig(DINOV2_PROCESSOR, { width, height }, view, patch, 518);
  return patchGrid({ width, height }, config, patch);
}

test.each([
  [640, 480, 224, { width: 294, height: 224 }, { width: 308, height: 224 }, { width: 294, height: 224 }],
  [480, 640, 225, { width: 224, height: 294 }, { width: 224, height: 308 }, { width: 224, height: 294 }],
  [
    480,
    640,
    undefined,
    { width: 518, height: 686 },
    { width: 518, height: 700 },
    { width: 518, height: 686 },
  ],
  [100, 100, 3, { width: 14, height: 14 }, { width: 14, height: 14 }, { width: 14, height: 14 }],
  [1, 1, 40, { width: 42, height: 42 }, { width: 42, height: 42 }, { width: 42, height: 42 }],
  [10000, 10, 28, { width: 28000, height: 28 }, { width: 28000, height: 28 }, { width: 28000, height: 28 }],
] as const)('%d×%d at %p', (width, height, size, stretch, pad, crop) => {
  expect(gridOf(width, height, 'stretch', size).input).toEqual(stretch);
  expect(gridOf(width, height, 'pad', size).input).toEqual(pad);
  expect(gridOf(width, height, 'crop', size).input).toEqual(crop);
  expect(gridOf(width, height, 'processor').input).toEqual({ width: 224, height: 224 });
});

test.each(FITS)(
  '%s: whole patches around the middle, and the shorter side as large as is asked for',
  (fit) => {
    for (const [width, height] of [
      [333, 517],
      [517, 333],
      [90, 91],
      [2000, 30],
    ] as const) {
      const grid = gridOf(width, height, fit, 98, [14, 7]);
      const { input, resized, visible } = grid;
      expect([input.height % 14, input.width % 7]).toEqual([0, 0]);
      if (fit === 'processor') continue;
      expect(Math.min(input.height, input.width)).toBe(98);
      expect(Math.abs(resized.width / resized.height / (width / height) - 1)).toBeLessThan(0.08);
      const middle = { x: visible.x + visible.width / 2, y: visible.y + visible.height / 2 };
      expect(Math.abs(middle.x - width / 2)).toBeLessThan(0.51 * (width / resized.width));
      expect(Math.abs(middle.y - height / 2)).toBeLessThan(0.51 * (height / resized.height));
      if (fit !== 'crop') expect(visible).toEqual({ x: 0, y: 0, width, height });
    }
  },
);

test('filter, mean and deviation stay, and a processor that neither resizes nor crops is made to', () => {
  const plain = withSettings(
    DINOV2_PROCESSOR,
    { doResize: false, doCenterCrop: false, resample: 'bilinear', imageMean: [0.5] },
    'test',
  );
  for (const fit of ['stretch', 'pad', 'crop'] as const) {
    const config = viewConfig(plain, { width: 30, height: 50 }, { fit, size: 28 }, PATCH, 518);
    expect(config).toMatchObject({ doResize: true, resample: 2, imageMean: [0.5, 0.5, 0.5] });
    expect(patchGrid({ width: 30, height: 50 }, config, PATCH).columns).toBe(2);
  }
  expect(viewConfig(plain, { width: 30, height: 50 }, { fit: 'processor' }, PATCH, 518)).toBe(plain);
});

test.each([
  [640, 480, { width: 132, height: 98 }, { width: 132, height: 98 }, { width: 126, height: 98 }],
  [480, 640, { width: 102, height: 140 }, { width: 102, height: 140 }, { width: 102, height: 126 }],
] as const)(
  '%d×%d: the shorter side is whole patches of its own axis, where they are not square',
  (width, height, stretch, pad, crop) => {
    const patch = [14, 6] as const;
    expect(gridOf(width, height, 'stretch', 100, patch).input).toEqual(stretch);
    expect(gridOf(width, height, 'pad', 100, patch).input).toEqual(pad);
    expect(gridOf(width, height, 'crop', 100, patch).input).toEqual(crop);
  },
);
