/** The samples of a row of TIFF. */
import type { Layout } from './layout.ts';

/** The i-th sample of a row. */
export type ReadSample = (row: DataView, i: number) => number;

/** How a row's samples are read: from the high bit on, below 8 bits; numbers of more in the order of the file. */
export function sampleReader({ bits, format, isLittleEndian: order }: Layout): ReadSample {
  if (bits < 8) {
    const [inByte, mask] = [8 / bits, 2 ** bits - 1];
    return (row, i) => (row.getUint8(Math.floor(i / inByte)) >> (8 - bits * ((i % inByte) + 1))) & mask;
  }
  if (bits === 8) return (row, i) => row.getUint8(i);
  if (bits === 16) {
    return format === 'signed'
      ? (row, i) => row.getInt16(2 * i, order)
      : (row, i) => row.getUint16(2 * i, order);
  }
  if (format === 'float') return (row, i) => row.getFloat32(4 * i, order);
  // Pillow's whole numbers of 32 bits have a sign
  return (row, i) => row.getInt32(4 * i, order);
}
