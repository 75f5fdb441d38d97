/** Rotating and mirroring pixels. */
import type { RawImage } from '../raw-image.ts';
import type { Orientation } from './orientation.ts';

/** Columns that are written before the next row: a rotated row is read down a column, whose neighbours are still in cache. */
const TILE_COLUMNS = 64;

/**
 * Rotates and mirrors an image so that it stands upright.
 *
 * @returns the image itself if it is upright, else a new one; of orientations 5 to 8 with its sides exchanged
 */
export function applyOrientation(image: RawImage, orientation: Orientation): RawImage {
  if (orientation === 1) return image;
  const { data } = image;
  const { start, perColumn, perRow } = walk(image, orientation);
  const [width, height] = orientation >= 5 ? [image.height, image.width] : [image.width, image.height];
  const upright = new Uint8Array(data.length);
  for (let left = 0; left < width; left += TILE_COLUMNS) {
    const right = Math.min(left + TILE_COLUMNS, width);
    for (let y = 0; y < height; y++) {
      let from = 3 * (start + y * perRow + left * perColumn);
      const end = 3 * (y * width + right);
      for (let to = 3 * (y * width + left); to < end; to += 3) {
        upright[to] = data[from]!;
        upright[to + 1] = data[from + 1]!;
        upright[to + 2] = data[from + 2]!;
        from += 3 * perColumn;
      }
    }
  }
  return { width, height, channels: 3, data: upright };
}

/** The stored pixel that comes first in the upright image, and how far it is to the next column's and row's, in pixels. */
function walk({ width, height }: RawImage, orientation: Orientation) {
  const [right, bottom] = [width - 1, (height - 1) * width];
  switch (orientation) {
    case 1:
      return { start: 0, perColumn: 1, perRow: width };
    case 2:
      return { start: right, perColumn: -1, perRow: width };
    case 3:
      return { start: bottom + right, perColumn: -1, perRow: -width };
    case 4:
      return { start: bottom, perColumn: 1, perRow: -width };
    case 5:
      return { start: 0, perColumn: width, perRow: 1 };
    case 6:
      return { start: bottom, perColumn: -width, perRow: 1 };
    case 7:
      return { start: bottom + right, perColumn: -width, perRow: -1 };
    case 8:
      return { start: right, perColumn: width, perRow: -1 };
  }
}
