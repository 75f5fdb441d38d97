/**
 * The first directory of a TIFF file: its numbers by their tags.
 *
 * Source: TIFF 6.0, section 2; BigTIFF.
 */

/** What the tags used here are called in the specification. */
export const TAG = {
  imageWidth: 256,
  imageLength: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  stripOffsets: 273,
  orientation: 274,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  planarConfiguration: 284,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  extraSamples: 338,
  sampleFormat: 339,
  xmp: 700,
} as const;

/** A directory and the order of bytes in its file. */
export interface Directory {
  isLittleEndian: boolean;
  /** the numbers of a tag; none if it is not there */
  numbers(tag: number): readonly number[];
  /** the first number of a tag */
  number(tag: number, otherwise: number): number;
  /** the bytes of a tag; none if it is not there */
  bytes(tag: number): Uint8Array;
}

/** Bytes that a value of a type takes, by the type's number. */
const SIZES: Readonly<Record<number, number>> = {
  1: 1,
  3: 2,
  4: 4,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  13: 4,
  16: 8,
  18: 8,
};

/** The lists of strips and of colours are the longest; a file of more is no image. */
const MOST_VALUES = 2 ** 22;

/**
 * @param file a whole file; nothing is copied but lists of numbers, when they are asked for
 * @throws RangeError if the directory, or values that are asked for, do not lie in the file
 */
export function readDirectory(file: Uint8Array): Directory {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const isLittleEndian = view.getUint8(0) === 0x49;
  const isBig = view.getUint16(2, isLittleEndian) === 43;
  const word = (at: number): number =>
    isBig ? Number(view.getBigUint64(at, isLittleEndian)) : view.getUint32(at, isLittleEndian);
  const start = word(isBig ? 8 : 4);
  const count = isBig ? word(start) : view.getUint16(start, isLittleEndian);
  const [headBytes, entryBytes, wordBytes] = isBig ? [8, 20, 8] : [2, 12, 4];
  const entries = new Map<number, { type: number; at: number; length: number }>();
  for (let i = 0; i < Math.min(count, 4096); i++) {
    const entry = start + headBytes + i * entryBytes;
    const type = view.getUint16(entry + 2, isLittleEndian);
    const length = word(entry + 4);
    const value = entry + 4 + wordBytes;
    const at = (SIZES[type] ?? 8) * length <= wordBytes ? value : word(value);
    entries.set(view.getUint16(entry, isLittleEndian), { type, at, length });
  }

  const bytes = (tag: number): Uint8Array => {
    const { type = 1, at = 0, length = 0 } = entries.get(tag) ?? {};
    return file.subarray(at, at + length * (SIZES[type] ?? 8));
  };
  const read = (type: number, at: number): number => {
    if (type === 3) return view.getUint16(at, isLittleEndian);
    if (type === 4 || type === 13) return view.getUint32(at, isLittleEndian);
    if (type === 16 || type === 18) return Number(view.getBigUint64(at, isLittleEndian));
    if (type === 1) return view.getUint8(at);
    throw new RangeError(`numbers of type ${type}`);
  };
  const numbers = (tag: number): number[] => {
    const { type = 1, at = 0, length = 0 } = entries.get(tag) ?? {};
    if (length > MOST_VALUES) throw new RangeError(`${length} values of tag ${tag}`);
    return Array.from({ length }, (_, i) => read(type, at + i * (SIZES[type] ?? 8)));
  };
  return { isLittleEndian, numbers, number: (tag, otherwise) => numbers(tag)[0] ?? otherwise, bytes };
}
