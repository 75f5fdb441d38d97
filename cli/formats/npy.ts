/** NumPy's file of one array. */

/**
 * The bytes of a `.npy` file (format 1.0) that holds float32 rows.
 *
 * Source: the format description in NumPy's documentation, `numpy.lib.format`.
 *
 * @param rows arrays of equal length
 */
export function encodeNpy(rows: readonly Float32Array[]): Uint8Array {
  const columns = rows[0]?.length ?? 0;
  const head = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows.length}, ${columns}), }`;
  // magic, version and length take 10 bytes; the values start at a multiple of 64
  const headLength = Math.ceil((10 + head.length + 1) / 64) * 64 - 10;
  const bytes = new Uint8Array(10 + headLength + rows.length * columns * 4);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  view.setUint16(8, headLength, true);
  bytes.set(new TextEncoder().encode(`${head.padEnd(headLength - 1)}\n`), 10);
  let offset = 10 + headLength;
  for (const row of rows) {
    for (const value of row) {
      view.setFloat32(offset, value, true);
      offset += 4;
    }
  }
  return bytes;
}
