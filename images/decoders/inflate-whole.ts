/** Inflating zlib streams by the fastest means at hand. */
import { nativeZlib } from '../../platform/native-zlib.ts';

type Zlib = NonNullable<ReturnType<typeof nativeZlib>>;

/**
 * A stream of exactly `size` bytes.
 *
 * Node's own way is taken where it is at hand, as its `DecompressionStream` takes twice the time.
 *
 * @param parts the stream, cut anywhere
 * @param size at least 1; no more is unpacked
 * @returns undefined if the stream is damaged or truncated, or of another size
 */
export async function inflateWhole(
  parts: readonly Uint8Array[],
  size: number,
): Promise<Uint8Array | undefined> {
  try {
    const zlib = nativeZlib();
    const bytes = await (zlib === undefined ? inflateInPage(parts, size) : inflateInNode(zlib, parts, size));
    return bytes.length === size ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function inflateInNode(zlib: Zlib, parts: readonly Uint8Array[], size: number): Promise<Uint8Array> {
  // all of it in one piece
  const options = { chunkSize: Math.max(64, size + 1), maxOutputLength: size };
  return new Promise((resolve, reject) => {
    zlib.inflate(Buffer.concat(parts), options, (error, bytes) => (error ? reject(error) : resolve(bytes)));
  });
}

/** Unpacks at most one block of the platform's more than `size` bytes. */
async function inflateInPage(parts: readonly Uint8Array[], size: number): Promise<Uint8Array> {
  const source = new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
  const reader = source.pipeThrough(new DecompressionStream('deflate')).getReader();
  const bytes = new Uint8Array(size);
  let filled = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    if (filled + next.value.length > size) {
      await reader.cancel();
      throw new RangeError('a stream of more bytes');
    }
    bytes.set(next.value, filled);
    filled += next.value.length;
  }
  return bytes.subarray(0, filled);
}
