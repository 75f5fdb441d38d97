/** Small PNG files, for pages to show what was computed. */
import { deflateSync } from 'node:zlib';
import { crc32 } from '../../dist/bytes/crc32.js';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** how PNG numbers its kinds of pixels, by their channels */
const COLOUR_TYPES = { 1: 0, 3: 2, 4: 6 };

/**
 * @param width in pixels
 * @param data row-major [H, W, C], of 1 channel (grey), 3 (RGB) or 4 (RGBA)
 * @returns a `data:` URL, which an `<img>` can have as its source
 */
export function pngUrl(width, height, data) {
  const stride = data.length / height;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, COLOUR_TYPES[stride / width]], 8);
  // each row begins with the number of its filter: 0, none
  const rows = Buffer.alloc(height * (stride + 1));
  for (let y = 0; y < height; y++)
    rows.set(data.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  return `data:image/png;base64,${Buffer.concat([SIGNATURE, ...parts]).toString('base64')}`;
}

function chunk(name, data) {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(named, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}
