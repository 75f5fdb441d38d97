/** The strips or tiles of a TIFF file. Source: TIFF 6.0, sections 3 and 15; Pillow 13, TiffImagePlugin.py, `_setup`. */
import { decompress, hasPredictor, requireCompression } from './decompress.ts';
import { type Directory, TAG } from './directory.ts';
import type { Layout } from './layout.ts';

/** A rectangle of the image with its bytes: rows of whole bytes. */
export interface Block {
  /** the sample it holds where each has blocks of its own */
  plane: number;
  left: number;
  top: number;
  width: number;
  height: number;
  bytes: Uint8Array;
  rowBytes: number;
}

/** Pixels that tiles may have beyond their image; those of thin images have many. */
const MOST_PADDING = 2 ** 26;

/**
 * Unpacks block by block; one at a time is in memory.
 *
 * @param layout of at most 6 samples
 * @param size of the image, in pixels, each at least 1
 * @throws RangeError if one is missing, damaged or truncated, or compressed in a way that is not read
 */
export async function* readBlocks(
  file: Uint8Array,
  directory: Directory,
  layout: Layout,
  { width, height }: { width: number; height: number },
): AsyncGenerator<Block> {
  const compression = directory.number(TAG.compression, 1);
  requireCompression(compression);
  if (layout.meaning === 'YCbCr' && compression !== 1) throw new RangeError('compressed YCbCr');
  const predictor = hasPredictor(compression) ? directory.number(TAG.predictor, 1) : 1;
  const isTiled = directory.numbers(TAG.stripOffsets).length === 0;
  const offsets = directory.numbers(isTiled ? TAG.tileOffsets : TAG.stripOffsets);
  const counts = directory.numbers(isTiled ? TAG.tileByteCounts : TAG.stripByteCounts);
  const blockWidth = isTiled ? directory.number(TAG.tileWidth, 0) : width;
  const rows = directory.number(isTiled ? TAG.tileLength : TAG.rowsPerStrip, isTiled ? 0 : height);
  const blockHeight = isTiled ? rows : Math.min(rows, height);
  const count = Math.ceil(width / blockWidth) * Math.ceil(height / blockHeight);
  if (!(count * blockWidth * blockHeight <= 4 * width * height + MOST_PADDING)) {
    throw new RangeError(`blocks of ${blockWidth}×${blockHeight} pixels`);
  }
  const samples = layout.isPlanar ? 1 : layout.samples;
  const rowBytes = Math.ceil((blockWidth * samples * layout.bits) / 8);
  let index = 0;
  for (let plane = 0; plane < (layout.isPlanar ? layout.samples : 1); plane++) {
    for (let top = 0; top < height; top += blockHeight) {
      for (let left = 0; left < width; left += blockWidth, index++) {
        const offset = offsets[index];
        if (offset === undefined) throw new RangeError(`${offsets.length} strips or tiles`);
        const inside = {
          width: Math.min(blockWidth, width - left),
          height: Math.min(blockHeight, height - top),
        };
        const length = rowBytes * (isTiled ? blockHeight : inside.height);
        const end = compression === 1 ? offset + length : offset + (counts[index] ?? file.length);
        const stored = file.subarray(offset, end);
        const packed = layout.lowBitFirst ? stored.map(reversed) : stored;
        let bytes = await decompress(compression, packed, length);
        if (predictor !== 1) bytes = undoPredictor(bytes.slice(), rowBytes, samples, layout, predictor);
        yield { plane, left, top, ...inside, bytes, rowBytes };
      }
    }
  }
}

/** A byte with its bits in reverse. */
function reversed(byte: number): number {
  let bits = 0;
  for (let i = 0; i < 8; i++) bits |= ((byte >> i) & 1) << (7 - i);
  return bits;
}

/** Adds to each sample the one of the pixel before, in place. Source: TIFF 6.0, section 14. */
function undoPredictor(
  bytes: Uint8Array,
  rowBytes: number,
  samples: number,
  { bits, isLittleEndian }: Layout,
  predictor: number,
): Uint8Array {
  if (predictor !== 2 || ![8, 16, 32].includes(bits))
    throw new RangeError(`predictor ${predictor} of ${bits} bits`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const step = (samples * bits) / 8;
  for (let row = 0; row + rowBytes <= bytes.length; row += rowBytes) {
    for (let at = row + step; at < row + rowBytes; at += bits / 8) {
      if (bits === 8) bytes[at] = bytes[at]! + bytes[at - step]!;
      else if (bits === 16) {
        const sum = view.getUint16(at, isLittleEndian) + view.getUint16(at - step, isLittleEndian);
        view.setUint16(at, sum, isLittleEndian);
      } else {
        const sum = view.getUint32(at, isLittleEndian) + view.getUint32(at - step, isLittleEndian);
        view.setUint32(at, sum, isLittleEndian);
      }
    }
  }
  return bytes;
}
