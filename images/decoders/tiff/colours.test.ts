import { pixelWriter } from './colours.ts';
import type { Layout } from './layout.ts';

test('a palette whose length three does not divide is as many whole colours as it has', () => {
  const layout: Layout = {
    ...{ meaning: 'palette', alpha: 'none', bits: 8, format: 'unsigned', samples: 1 },
    ...{ isPlanar: false, isLittleEndian: true, lowBitFirst: false },
  };
  const write = pixelWriter(
    layout,
    [10, 11, 20, 21, 30, 31, 40].map((level) => level * 256),
  );
  const rgba = new Uint8Array(12);
  for (const index of [0, 1, 2]) write(Float64Array.of(index), rgba, 4 * index);
  expect([...rgba]).toEqual([10, 20, 30, 255, 11, 21, 31, 255, 0, 0, 0, 255]);
});
