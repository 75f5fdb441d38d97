/** Fields of zip records: little-endian, in fixed places. */
import { FormatError } from '../../../errors/errors.ts';

/** What a 16-bit field holds when the true value stands in a zip64 record. */
export const ELSEWHERE_16 = 0xffff;

/** What a 32-bit field holds when the true value stands in a zip64 record. */
export const ELSEWHERE_32 = 0xffffffff;

/** The flags of an entry that is encrypted, in one of three ways. */
export const ENCRYPTED = 0x2041;

/** One record; offsets count from its first byte. */
export class ZipRecord {
  private readonly view: DataView;
  private readonly where: string;

  constructor(bytes: Uint8Array, where: string) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.where = where;
  }

  uint16(offset: number): number {
    return this.view.getUint16(offset, true);
  }

  uint32(offset: number): number {
    return this.view.getUint32(offset, true);
  }

  /** @throws FormatError if the number is larger than any file */
  uint64(offset: number): number {
    const value = this.view.getBigUint64(offset, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new FormatError(`${this.where}: expected a length or an offset in a zip record, got ${value}`);
    }
    return Number(value);
  }
}
