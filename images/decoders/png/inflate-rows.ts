/** Unpacking the pixels of a PNG file, into a buffer of the size that its header promises. */
import { inflateWhole } from '../inflate-whole.ts';
import { type Pass, storedBytes } from './passes.ts';
import type { PngFile } from './read-file.ts';

/** Deflate gives at most this many bytes for one. */
const HIGHEST_RATIO = 1032;

/** What Pillow hands to zlib at once (`ImageFile.MAXBLOCK`). */
const BLOCK_BYTES = 65536;

/** The rows of all passes, each after the byte that names its filter. */
export interface StoredRows {
  data: Uint8Array;
  /** how many bytes from the start are there; the others are of rows that the file does not have */
  filled: number;
}

/**
 * The rows that a file stores; what data goes on after its image is left.
 *
 * @throws RangeError if it is damaged or truncated where Pillow raises an error
 */
export async function inflateRows(file: PngFile, passes: readonly Pass[]): Promise<StoredRows> {
  const packed = file.parts.reduce((sum, { length }) => sum + length, 0);
  const promised = storedBytes(passes);
  const possible = Math.min(promised, packed * HIGHEST_RATIO);
  const whole =
    possible === promised && !file.isCutOff ? await inflateWhole(file.parts, promised) : undefined;
  if (whole !== undefined) return { data: whole, filled: promised };
  const data = new Uint8Array(possible);
  return { data, filled: await inflateAsPillow(file, passes, data) };
}

/**
 * Unpacks row by row. A fault counts if zlib comes upon it before the last row is full, or looking for what follows in
 * the block at hand: a wrong Adler sum is an error if it stands in the same block, a missing one is none.
 *
 * @returns the bytes of the rows that there are: the stream may end after any of them
 *
 * Source: Pillow 13, `ZipDecode.c`, `ImageFile.load`.
 */
async function inflateAsPillow(
  file: PngFile,
  passes: readonly Pass[],
  data: Uint8Array<ArrayBuffer>,
): Promise<number> {
  const { ZStream, zlibInflate, zlibInflateInit, Z_NO_FLUSH, Z_STREAM_END } = await import('pako');
  const stream = new ZStream();
  zlibInflateInit(stream);
  stream.output = data;
  const ends = rowEnds(passes);
  let end = ends.next();
  for (const [part, block] of blocksOf(file.parts)) {
    stream.input = block;
    stream.next_in = 0;
    stream.avail_in = block.length;
    while (stream.avail_in > 0 && !end.done) {
      stream.avail_out = end.value - stream.next_out;
      const status = zlibInflate(stream, Z_NO_FLUSH);
      if (status < 0) throw new RangeError(`damaged pixels (${stream.msg || status})`);
      if (stream.next_out < end.value) break;
      end = ends.next();
      if (end.done || status === Z_STREAM_END) {
        const read = part === file.parts.length - 1 || !file.isCutOff;
        if (!read) throw new RangeError('a truncated file');
        return stream.next_out;
      }
    }
  }
  throw new RangeError('truncated pixels');
}

/** Where rows end in the unpacked data. */
function* rowEnds(passes: readonly Pass[]): Generator<number, undefined> {
  let end = 0;
  for (const { height, rowBytes } of passes) {
    for (let row = 0; row < height; row++) {
      end += 1 + rowBytes;
      yield end;
    }
  }
}

/** The parts, each cut into blocks, with their indices. */
function* blocksOf(parts: readonly Uint8Array[]): Generator<[number, Uint8Array]> {
  for (const [i, part] of parts.entries()) {
    for (let at = 0; at < part.length; at += BLOCK_BYTES) yield [i, part.subarray(at, at + BLOCK_BYTES)];
  }
}
