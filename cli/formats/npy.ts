/** NumPy's file of one array. */

/**
 * What stands before the values of a `.npy` file (format 1.0) that holds float32 rows, little-endian.
 *
 * Source: the format description in NumPy's documentation, `numpy.lib.format`.
 */
export function npyHead(rows: number, columns: number): Uint8Array {
  const head = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  // magic, version and length take 10 bytes; the values start at a multiple of 64
  const headLength = Math.ceil((10 + head.length + 1) / 64) * 64 - 10;
  const bytes = new Uint8Array(10 + headLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, headLength, true);
  bytes.set(new TextEncoder().encode(`${head.padEnd(headLength - 1)}\n`), 10);
  return bytes;
}
