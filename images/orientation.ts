/** The orientation a camera noted in a picture's EXIF data. */
import type { RawImage } from './raw-image.ts';

/** 1 to 8 as EXIF numbers them; 1 is upright. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const ORIENTATION_TAG = 0x0112;

function isOrientation(value: number): value is Orientation {
  return Number.isInteger(value) && value >= 1 && value <= 8;
}

/**
 * The orientation in a block of EXIF data.
 *
 * @param tiff the TIFF structure, without the `Exif\0\0` that may stand before it
 * @returns 1 where there is none, or none that can be read
 */
export function orientationOfTiff(tiff: Uint8Array): Orientation {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (tiff.byteLength < 14) return 1;
  const littleEndian = view.getUint16(0) === 0x4949;
  const first = view.getUint32(4, littleEndian);
  if (first + 2 > tiff.byteLength) return 1;
  const entries = view.getUint16(first, littleEndian);
  for (let i = 0; i < entries; i++) {
    const entry = first + 2 + i * 12;
    if (entry + 12 > tiff.byteLength) return 1;
    if (view.getUint16(entry, littleEndian) === ORIENTATION_TAG) {
      const value = view.getUint16(entry + 8, littleEndian);
      return isOrientation(value) ? value : 1;
    }
  }
  return 1;
}

/** EXIF data with or without its `Exif\0\0`, as PNG, WebP and JPEG variously carry it. */
export function orientationOfExif(exif: Uint8Array): Orientation {
  const headed = exif[0] === 0x45 && exif[1] === 0x78 && exif[2] === 0x69 && exif[3] === 0x66;
  return orientationOfTiff(headed ? exif.subarray(6) : exif);
}

/** Turns and mirrors a picture so that it stands upright. */
export function applyOrientation(image: RawImage, orientation: Orientation): RawImage {
  if (orientation === 1) return image;
  const { width, height, data } = image;
  const turned = orientation >= 5;
  const newWidth = turned ? height : width;
  const newHeight = turned ? width : height;
  const upright = new Uint8Array(data.length);
  for (let y = 0; y < newHeight; y++) {
    for (let x = 0; x < newWidth; x++) {
      const [sourceX, sourceY] = sourceOf(orientation, x, y, width, height);
      const from = (sourceY * width + sourceX) * 3;
      const to = (y * newWidth + x) * 3;
      upright[to] = data[from] ?? 0;
      upright[to + 1] = data[from + 1] ?? 0;
      upright[to + 2] = data[from + 2] ?? 0;
    }
  }
  return { width: newWidth, height: newHeight, channels: 3, data: upright };
}

/** The pixel of the stored picture that belongs at (x, y) of the upright one. */
function sourceOf(
  orientation: Orientation,
  x: number,
  y: number,
  width: number,
  height: number,
): [number, number] {
  switch (orientation) {
    case 1:
      return [x, y];
    case 2:
      return [width - 1 - x, y];
    case 3:
      return [width - 1 - x, height - 1 - y];
    case 4:
      return [x, height - 1 - y];
    case 5:
      return [y, x];
    case 6:
      return [y, height - 1 - x];
    case 7:
      return [width - 1 - y, height - 1 - x];
    case 8:
      return [width - 1 - y, x];
  }
}
