import type { RawImage } from '../raw-image.ts';
import { applyOrientation } from './apply.ts';

/** An image whose pixels are one letter each. */
function image(rows: readonly string[]): RawImage {
  const text = rows.join('');
  const data = Uint8Array.from(
    { length: 3 * text.length },
    (_, i) => text.charCodeAt(Math.trunc(i / 3)) + (i % 3),
  );
  return { width: rows[0]!.length, height: rows.length, channels: 3, data };
}

test.each([
  [1, ['abc', 'def']],
  [2, ['cba', 'fed']],
  [3, ['fed', 'cba']],
  [4, ['def', 'abc']],
  [5, ['ad', 'be', 'cf']],
  [6, ['da', 'eb', 'fc']],
  [7, ['fc', 'eb', 'da']],
  [8, ['cf', 'be', 'ad']],
] as const)('orientation %d', (orientation, expected) => {
  expect(applyOrientation(image(['abc', 'def']), orientation)).toEqual(image(expected));
});

test.each([
  [2, 2],
  [3, 3],
  [4, 4],
  [5, 5],
  [6, 8],
  [7, 7],
  [8, 6],
] as const)('orientation %d is undone by %d, in sizes that divide by nothing', (orientation, inverse) => {
  const data = Uint8Array.from({ length: 3 * 131 * 67 }, (_, i) => (i * i) % 251);
  const image = { width: 131, height: 67, channels: 3 as const, data };
  const turned = applyOrientation(image, orientation);
  expect(turned.data).not.toEqual(data);
  expect(applyOrientation(turned, inverse)).toEqual(image);
});
