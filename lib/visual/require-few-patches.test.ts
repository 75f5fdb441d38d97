/** The size that is advised in place of one of too many patches. */
import { patchGrid } from '../../images/geometry/patch-grid.ts';
import { FITS, viewConfig } from '../../images/geometry/view-options.ts';
import { BitImageProcessor } from '../../images/image-processor.ts';
import { requireFewPatches } from './require-few-patches.ts';

const { config, backend } = new BitImageProcessor();

test.each(FITS.filter((fit) => fit !== 'processor'))('the size that is advised would do, fit %s', (fit) => {
  let advised = 0;
  for (let width = 1; width < 900; width += 37) {
    const image = { height: 211, width };
    const gridOf = (size: number) => {
      const settings = viewConfig(config, image, { size, fit }, [14, 10], 518);
      return patchGrid(image, settings, [14, 10], backend);
    };
    const grid = gridOf(600);
    for (const most of [5, 24, 99, 256, 1370]) {
      let message = '';
      try {
        requireFewPatches('image', grid, grid, most);
      } catch (error) {
        message = String(error);
      }
      const size = /size (\d+) or less/.exec(message)?.[1];
      if (size === undefined) continue;
      advised++;
      expect(gridOf(Number(size)).size).toBeLessThanOrEqual(most);
    }
  }
  expect(advised).toBeGreaterThan(50);
});

test('one patch is advised where there is room for no more, and no size where there is not', () => {
  for (const [width, expected] of [
    [20, 'take size 14 or less, fit'],
    [21, 'take fit'],
  ] as const) {
    const image = { height: 20, width };
    const grid = patchGrid(
      image,
      viewConfig(config, image, { size: 28, fit: 'pad' }, [14, 14], 28),
      [14, 14],
      backend,
    );
    expect(() => requireFewPatches('image', grid, grid, 1)).toThrow(expected);
  }
});
