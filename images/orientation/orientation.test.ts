import { applyOrientation } from './apply.ts';
import { orientationOf } from './orientation.ts';

/** EXIF data with one entry before that of the orientation. */
function exif(orientation: number, littleEndian: boolean, tag = 0x0112): Uint8Array {
  const bytes = new Uint8Array(38);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, littleEndian ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, littleEndian);
  view.setUint32(4, 8, littleEndian);
  view.setUint16(8, 2, littleEndian);
  view.setUint16(10, 0x010f, littleEndian);
  view.setUint16(22, tag, littleEndian);
  view.setUint16(24, 3, littleEndian);
  view.setUint32(26, 1, littleEndian);
  view.setUint16(30, orientation, littleEndian);
  return bytes;
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'orientation %d is read in either order of bytes, headed or not',
  (value) => {
    const head = new TextEncoder().encode('Exif\0\0');
    for (const littleEndian of [true, false]) {
      const data = exif(value, littleEndian);
      expect(orientationOf({ exif: data })).toBe(value);
      expect(orientationOf({ exif: Uint8Array.from([...head, ...data]) })).toBe(value);
    }
  },
);

test('what is no orientation counts as upright', () => {
  expect(orientationOf({ exif: exif(0, true) })).toBe(1);
  expect(orientationOf({ exif: exif(9, false) })).toBe(1);
  expect(orientationOf({ exif: exif(6, true, 0x0113) })).toBe(1);
  for (const length of [0, 1, 8, 13, 14, 25, 33]) {
    expect(orientationOf({ exif: exif(6, false).subarray(0, length) })).toBe(1);
  }
  const far = exif(6, true);
  new DataView(far.buffer).setUint32(4, 0xffff_fff0, true);
  expect(orientationOf({ exif: far })).toBe(1);
});

test('a picture that is turned changes its sides, one that is mirrored does not', () => {
  const image = {
    width: 3,
    height: 2,
    channels: 3 as const,
    data: Uint8Array.from({ length: 18 }, (_, i) => i),
  };
  for (const orientation of [1, 2, 3, 4] as const) {
    expect(applyOrientation(image, orientation)).toMatchObject({ width: 3, height: 2 });
  }
  for (const orientation of [5, 6, 7, 8] as const) {
    expect(applyOrientation(image, orientation)).toMatchObject({ width: 2, height: 3 });
  }
});
