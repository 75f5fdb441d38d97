/** Memory that was read into and is free again. */

/** Buffers that are kept at most. */
const MOST = 6;

/**
 * Buffers of files that are read in pieces.
 *
 * The collector of garbage sees a small object where megabytes hang on it: a model's weights leave tens of megabytes of buffers
 * behind when each has one of its own.
 */
export class SpareBuffers {
  /** the largest first */
  private readonly buffers: ArrayBuffer[] = [];

  /** @returns so many bytes, whatever they are, at the start of their buffer */
  take(length: number): Uint8Array<ArrayBuffer> {
    let best = -1;
    // a small piece in a large buffer would keep it from the next large one; the last that fits is the smallest
    for (const [i, { byteLength }] of this.buffers.entries()) {
      if (byteLength >= length && byteLength <= 4 * length) best = i;
    }
    const [buffer] = best < 0 ? [] : this.buffers.splice(best, 1);
    return buffer === undefined ? new Uint8Array(length) : new Uint8Array(buffer, 0, length);
  }

  /** Takes the buffer of bytes that nobody uses any more; the smallest goes where there are too many. */
  give({ buffer }: Uint8Array): void {
    if (!(buffer instanceof ArrayBuffer) || this.buffers.includes(buffer)) return;
    this.buffers.push(buffer);
    this.buffers.sort((a, b) => b.byteLength - a.byteLength);
    if (this.buffers.length > MOST) this.buffers.pop();
  }

  /** Lets go of all. */
  clear(): void {
    this.buffers.length = 0;
  }
}
