/** The checksum of zip entries and PNG chunks: CRC-32 of the polynomial 0xEDB88320 (reflected). */

const POLYNOMIAL = 0xedb88320;

/** Bytes that are taken at once, each with its own table. */
const STRIDE = 16;

/** `TABLES[256·k + b]`: what the byte `b` adds to the checksum when `k` bytes follow it. */
const TABLES = makeTables();

function makeTables(): Uint32Array {
  const tables = new Uint32Array(256 * STRIDE);
  for (let byte = 0; byte < 256; byte++) {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1;
    tables[byte] = rest;
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256]!;
    tables[i] = (before >>> 8) ^ tables[before & 255]!;
  }
  return tables;
}

/**
 * Continues a checksum.
 *
 * @param bytes what follows the bytes of `before`
 * @param before the checksum of what came earlier; 0 at the start
 * @returns an unsigned 32-bit number
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  const t = TABLES;
  const at = (index: number): number => t[index]!;
  let crc = ~before;
  let i = 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const end = bytes.length - STRIDE; i <= end; i += STRIDE) {
    const a = crc ^ view.getUint32(i, true);
    const b = view.getUint32(i + 4, true);
    const c = view.getUint32(i + 8, true);
    const d = view.getUint32(i + 12, true);
    crc =
      at(3840 + (a & 255)) ^
      at(3584 + ((a >>> 8) & 255)) ^
      at(3328 + ((a >>> 16) & 255)) ^
      at(3072 + (a >>> 24)) ^
      at(2816 + (b & 255)) ^
      at(2560 + ((b >>> 8) & 255)) ^
      at(2304 + ((b >>> 16) & 255)) ^
      at(2048 + (b >>> 24)) ^
      at(1792 + (c & 255)) ^
      at(1536 + ((c >>> 8) & 255)) ^
      at(1280 + ((c >>> 16) & 255)) ^
      at(1024 + (c >>> 24)) ^
      at(768 + (d & 255)) ^
      at(512 + ((d >>> 8) & 255)) ^
      at(256 + ((d >>> 16) & 255)) ^
      at(d >>> 24);
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ at((crc ^ bytes[i]!) & 255);
  return ~crc >>> 0;
}
