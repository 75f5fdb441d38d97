/**
 * The orientation in a block of EXIF data, with the leniency of Pillow's reader.
 *
 * Source: Pillow 13, `Image.py`, `Exif.load`; `TiffImagePlugin.py`, `ImageFileDirectory_v2.load`.
 */

const ORIENTATION_TAG = 0x0112;
const ENTRY_BYTES = 12;

/** `Exif\0\0`, which Pillow takes off up to twice. */
const HEAD = [0x45, 0x78, 0x69, 0x66, 0, 0];

/** How blocks begin that Pillow reads: a mark of the order of bytes, then 42 in either order; and a BigTIFF that it mistakes. */
const LITTLE_ENDIAN = new Set([0x4949_2a00, 0x4949_002a]);
const BIG_ENDIAN = new Set([0x4d4d_002a, 0x4d4d_2a00, 0x4d4d_002b]);

type ReadNumber = (view: DataView, at: number, littleEndian: boolean) => number;

/** How many bytes a value takes and, if it is a number to Pillow, how it is read. */
interface ValueType {
  bytes: number;
  read?: ReadNumber;
}

const TYPES: ReadonlyMap<number, ValueType> = new Map<number, ValueType>([
  [1, { bytes: 1 }],
  [2, { bytes: 1 }],
  [3, { bytes: 2, read: (view, at, order) => view.getUint16(at, order) }],
  [4, { bytes: 4, read: (view, at, order) => view.getUint32(at, order) }],
  [5, { bytes: 8, read: (view, at, order) => view.getUint32(at, order) / view.getUint32(at + 4, order) }],
  [6, { bytes: 1, read: (view, at) => view.getInt8(at) }],
  [7, { bytes: 1 }],
  [8, { bytes: 2, read: (view, at, order) => view.getInt16(at, order) }],
  [9, { bytes: 4, read: (view, at, order) => view.getInt32(at, order) }],
  [10, { bytes: 8, read: (view, at, order) => view.getInt32(at, order) / view.getInt32(at + 4, order) }],
  [11, { bytes: 4, read: (view, at, order) => view.getFloat32(at, order) }],
  [12, { bytes: 8, read: (view, at, order) => view.getFloat64(at, order) }],
  [13, { bytes: 4, read: (view, at, order) => view.getUint32(at, order) }],
  [16, { bytes: 8, read: (view, at, order) => Number(view.getBigUint64(at, order)) }],
]);

/**
 * The value of the tag of orientation in the first directory; of several values, the first.
 *
 * @param exif a TIFF structure, with or without `Exif\0\0` before it
 * @returns any number that stands there; 0 where the tag holds no number, and where the block is no TIFF structure, in
 * which cases Pillow asks nothing else; undefined where a directory that can be read has no such tag
 */
export function exifOrientation(exif: Uint8Array): number | undefined {
  const tiff = withoutHead(withoutHead(exif));
  if (tiff.length === 0) return undefined;
  if (tiff.length < 8) return 0;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const begin = view.getUint32(0);
  const littleEndian = LITTLE_ENDIAN.has(begin);
  if (!littleEndian && !BIG_ENDIAN.has(begin)) return 0;
  return tagOfDirectory(view, view.getUint32(4, littleEndian), littleEndian);
}

function withoutHead(exif: Uint8Array): Uint8Array {
  return HEAD.every((byte, i) => exif[i] === byte) ? exif.subarray(HEAD.length) : exif;
}

/** Reads entries until the tag is found, or one's value lies outside of the block: there Pillow stops. */
function tagOfDirectory(view: DataView, directory: number, littleEndian: boolean): number | undefined {
  if (directory + 2 > view.byteLength) return undefined;
  const entries = view.getUint16(directory, littleEndian);
  const seen = new Set<number>();
  let valueBytes = 0;
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + i * ENTRY_BYTES;
    if (entry + ENTRY_BYTES > view.byteLength) return undefined;
    const tag = view.getUint16(entry, littleEndian);
    const type = TYPES.get(view.getUint16(entry + 2, littleEndian));
    if (seen.has(tag) || type === undefined) continue;
    const bytes = type.bytes * view.getUint32(entry + 4, littleEndian);
    if (bytes === 0) continue;
    let at = entry + 8;
    if (bytes > 4) {
      valueBytes += bytes;
      if (valueBytes > view.byteLength) continue;
      at = view.getUint32(at, littleEndian);
      if (at + bytes > view.byteLength) return undefined;
    }
    if (tag === ORIENTATION_TAG) return type.read?.(view, at, littleEndian) ?? 0;
    seen.add(tag);
  }
  return undefined;
}
