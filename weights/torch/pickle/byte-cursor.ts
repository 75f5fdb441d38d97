/** A place in the bytes of a pickle that moves on as they are read. */
import { FormatError } from '../../../errors/errors.ts';

/** A pickle that goes on beyond the bytes at hand. */
export class PickleTruncated extends FormatError {}

/** Reads a pickle's opcodes and their arguments, never beyond the end. */
export class ByteCursor {
  position: number;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly where: string;

  constructor(bytes: Uint8Array, position: number, where: string) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = position;
    this.where = where;
  }

  byte(): number {
    return this.view.getUint8(this.advance(1));
  }

  uint16(): number {
    return this.view.getUint16(this.advance(2), true);
  }

  int32(): number {
    return this.view.getInt32(this.advance(4), true);
  }

  uint32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  /** @throws PickleTruncated if it is the length of something longer than any file */
  uint64(): number {
    const value = this.view.getBigUint64(this.advance(8), true);
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(value);
  }

  /** A float64, which pickles keep big-endian. */
  float64(): number {
    return this.view.getFloat64(this.advance(8), false);
  }

  /** @returns a view of the next bytes, not a copy */
  take(length: number): Uint8Array {
    const start = this.advance(length);
    return this.bytes.subarray(start, start + length);
  }

  /**
   * The bytes up to the next line feed, which is taken too.
   *
   * @param longest more bytes than this are an error
   */
  line(longest: number): Uint8Array {
    const end = this.bytes.indexOf(0x0a, this.position);
    const length = (end < 0 ? this.bytes.length : end) - this.position;
    if (length > longest) {
      throw new FormatError(`${this.where}: expected a name of at most ${longest} bytes, got a longer one`);
    }
    if (end < 0) this.advance(length + 1);
    const line = this.take(length);
    this.position++;
    return line;
  }

  private advance(length: number): number {
    const start = this.position;
    if (length > this.bytes.length - start) {
      throw new PickleTruncated(
        `${this.where}: expected ${length} bytes at byte ${start} of the pickle, got ${this.bytes.length - start}; the file is truncated`,
      );
    }
    this.position = start + length;
    return start;
  }
}
