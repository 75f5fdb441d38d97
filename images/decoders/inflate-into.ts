/** Inflating as much of a zlib stream as a buffer takes, whatever becomes of the rest. */

/** How far a stream was unpacked. */
export interface Inflated {
  /** bytes that were written */
  filled: number;
  /** whether the stream goes on, where nothing is wrong with it */
  goesOn: boolean;
  /** what is wrong with the stream; undefined if nothing is, up to where it was read */
  fault: string | undefined;
}

/**
 * @param packed a zlib stream; it may be cut off, damaged, or longer than the buffer takes
 * @param output is written from its start
 */
export async function inflateInto(packed: Uint8Array, output: Uint8Array<ArrayBuffer>): Promise<Inflated> {
  const { ZStream, zlibInflate, zlibInflateInit, Z_NO_FLUSH, Z_OK, Z_STREAM_END } = await import('pako');
  const stream = new ZStream();
  zlibInflateInit(stream);
  stream.input = packed;
  stream.avail_in = packed.length;
  stream.output = output;
  stream.avail_out = output.length;
  const status = zlibInflate(stream, Z_NO_FLUSH);
  const isSound = status === Z_OK || status === Z_STREAM_END;
  return {
    filled: stream.next_out,
    goesOn: status === Z_OK && stream.avail_in > 0,
    fault: isSound ? undefined : stream.msg || String(status),
  };
}
