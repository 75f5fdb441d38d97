/** The bytes of a GIF in order; every read is checked. */

const HAS_TABLE = 0x80;

/** Each method reads on from where the last one stopped, and throws a RangeError where the file ends early. */
export class GifReader {
  private position = 0;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  byte(): number {
    const value = this.bytes[this.position++];
    if (value === undefined) throw new RangeError('a file that ends early');
    return value;
  }

  /** Two bytes, the low one first. */
  short(): number {
    return this.byte() | (this.byte() << 8);
  }

  /** A view of the next bytes. */
  take(length: number): Uint8Array {
    const start = this.position;
    this.position += length;
    if (this.position > this.bytes.length) throw new RangeError('a file that ends early');
    return this.bytes.subarray(start, this.position);
  }

  /** A block of 1 to 255 bytes; undefined for an empty one, which ends a row of them. */
  subBlock(): Uint8Array | undefined {
    const size = this.byte();
    return size === 0 ? undefined : this.take(size);
  }

  /** The table of colours that a packed field announces, three bytes a colour, if it does. */
  colourTable(packed: number): Uint8Array | undefined {
    return packed & HAS_TABLE ? this.take(3 * 2 ** ((packed & 7) + 1)) : undefined;
  }

  /** A view of all that is left. */
  rest(): Uint8Array {
    return this.bytes.subarray(this.position);
  }
}
