/** A zip file of stored entries, read in ranges. */

import { checksum } from '../../../bytes/checksum.ts';
import { FormatError } from '../../../errors/errors.ts';
import type { ByteSource } from '../../../sources/byte-source.ts';
import {
  LOCAL_HEADER_BYTES,
  parseDirectory,
  requireSaneDirectory,
  type ZipEntry,
} from './central-directory.ts';
import { findDirectory } from './end-record.ts';
import { ELSEWHERE_32, ENCRYPTED, ZipRecord } from './record.ts';

const LOCAL_SIGNATURE = 0x04034b50;

/** Bytes that are checked at once where an entry isn't read as a whole. */
const PIECE_BYTES = 4 * 1024 * 1024;

/**
 * The checksum torch writes where `set_crc32_options(False)` told it not to compute any.
 * Contents that have this checksum by themselves are one in four thousand million.
 */
const NOT_COMPUTED = 0;

/** An opened zip file: its directory in memory, contents still outside. */
export class ZipArchive {
  /** every entry by its name, in the order of the directory */
  readonly entries: ReadonlyMap<string, ZipEntry>;
  private readonly source: ByteSource;
  private readonly where: string;
  /** the first byte of contents, by entry */
  private readonly starts = new Map<ZipEntry, Promise<number>>();
  /** entries whose checksum is right, or being computed */
  private readonly checks = new Map<ZipEntry, Promise<void>>();

  private constructor(source: ByteSource, where: string, entries: ReadonlyMap<string, ZipEntry>) {
    this.source = source;
    this.where = where;
    this.entries = entries;
  }

  /**
   * Reads and checks the directory.
   *
   * @param source stays the caller's
   * @throws FormatError if the directory is malformed
   */
  static async open(source: ByteSource, where: string): Promise<ZipArchive> {
    const place = await findDirectory(source, where);
    requireSaneDirectory(place, where);
    const bytes = await source.read(place.offset, place.size);
    return new ZipArchive(source, where, parseDirectory(bytes, place, where));
  }

  /**
   * Reads a part of an entry. Before the first bytes of an entry are given out, the checksum of all of it has been
   * compared: on the bytes themselves where they are the whole entry, else by reading the entry once in pieces.
   *
   * @param offset first byte, from the start of the contents
   * @param length bytes within the entry
   * @throws FormatError if the header in front of the contents contradicts the directory, or the checksum is wrong
   */
  async read(entry: ZipEntry, offset = 0, length = entry.size): Promise<Uint8Array> {
    const start = await once(this.starts, entry, () => this.findStart(entry));
    if (length === entry.size && !this.checks.has(entry)) {
      const bytes = await this.source.read(start, length);
      this.requireChecksum(entry, checksum(bytes));
      this.checks.set(entry, Promise.resolve());
      return bytes;
    }
    await once(this.checks, entry, () => this.checksumOf(entry, start));
    return this.source.read(start + offset, length);
  }

  private async findStart(entry: ZipEntry): Promise<number> {
    const { name, size, headerOffset, limit } = entry;
    const nameBytes = new TextEncoder().encode(name);
    const length = LOCAL_HEADER_BYTES + nameBytes.length;
    const fail = (got: string): never => {
      throw new FormatError(
        `${this.where}: ${name}: expected a zip header that agrees with the directory, got ${got}`,
      );
    };
    if (headerOffset + length > limit) return fail('one that overlaps the next entry');
    const header = await this.source.read(headerOffset, length);
    const record = new ZipRecord(header, this.where);
    if (record.uint32(0) !== LOCAL_SIGNATURE) return fail('something else');
    if (record.uint16(6) & ENCRYPTED || record.uint16(8) !== 0)
      return fail('an encrypted or compressed entry');
    // where the numbers follow the contents, or stand in a zip64 field, there are none here
    for (const stated of [record.uint32(18), record.uint32(22)]) {
      if (stated !== size && stated !== 0 && stated !== ELSEWHERE_32) return fail(`${stated} bytes`);
    }
    if (
      record.uint16(26) !== nameBytes.length ||
      !nameBytes.every((byte, i) => header[LOCAL_HEADER_BYTES + i] === byte)
    )
      return fail('another name');
    const start = headerOffset + length + record.uint16(28);
    if (start + size > limit)
      return fail(`${size} bytes from ${start}, which overlap what stands at ${limit}`);
    return start;
  }

  private async checksumOf(entry: ZipEntry, start: number): Promise<void> {
    let sum = 0;
    for (let at = 0; at < entry.size; at += PIECE_BYTES) {
      sum = checksum(await this.source.read(start + at, Math.min(PIECE_BYTES, entry.size - at)), sum);
    }
    this.requireChecksum(entry, sum);
  }

  private requireChecksum({ name, crc32: expected }: ZipEntry, actual: number): void {
    if (expected === actual || expected === NOT_COMPUTED) return;
    throw new FormatError(
      `${this.where}: ${name}: expected contents with the checksum ${expected.toString(16)}, got ${actual.toString(16)}; the file is damaged`,
    );
  }
}

/** What is known of an entry, or is being found out; what failed is tried again. */
function once<T>(known: Map<ZipEntry, Promise<T>>, entry: ZipEntry, find: () => Promise<T>): Promise<T> {
  const before = known.get(entry);
  if (before !== undefined) return before;
  const finding = find();
  known.set(entry, finding);
  finding.catch(() => known.delete(entry));
  return finding;
}
