/** The directory of a zip file, checked before anything it says is believed. */
import { FormatError } from '../../../errors/errors.ts';
import { shown } from '../../../errors/shown.ts';
import type { DirectoryPlace } from './end-record.ts';
import { ELSEWHERE_16, ELSEWHERE_32, ENCRYPTED, ZipRecord } from './record.ts';

/** A file inside a zip file. */
export interface ZipEntry {
  readonly name: string;
  /** bytes of its contents, as they stand in the file */
  readonly size: number;
  /** how they are compressed; 0 if they are not */
  readonly method: number;
  /** the checksum of its contents */
  readonly crc32: number;
  /** first byte of the header in front of its contents, from the start of the file */
  readonly headerOffset: number;
  /** the first byte that is something else's: the next header, or the directory */
  readonly limit: number;
}

/** A hundred times the directory of a giant model. */
const MAX_DIRECTORY_BYTES = 16 * 1024 * 1024;

const SIGNATURE = 0x02014b50;
const FIXED_BYTES = 46;
const ZIP64_EXTRA = 1;
/** The attribute of folders on DOS; torch takes what has it for empty. */
const DIRECTORY = 0x10;

/** The bytes of an entry's header without its name and extra fields. */
export const LOCAL_HEADER_BYTES = 30;

/** @throws FormatError if the directory is larger than any, or has not the room for its records */
export function requireSaneDirectory({ size, count }: DirectoryPlace, where: string): void {
  if (size > MAX_DIRECTORY_BYTES || count * FIXED_BYTES > size) {
    throw new FormatError(
      `${where}: expected a zip directory of at most ${MAX_DIRECTORY_BYTES} bytes with room for its records, got ${size} bytes for ${count}`,
    );
  }
}

/**
 * Parses the directory.
 *
 * @param bytes the whole directory
 * @returns entries by name, in the order of the directory
 * @throws FormatError naming the entry that is encrypted, a folder, duplicate, overlapping, or a path out of the archive
 */
export function parseDirectory(
  bytes: Uint8Array,
  place: DirectoryPlace,
  where: string,
): ReadonlyMap<string, ZipEntry> {
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let index = 0; index < place.count; index++) {
    const { entry, length } = parseEntry(bytes.subarray(at), where);
    if (entries.has(entry.name)) {
      throw new FormatError(`${where}: expected each zip entry once, got ${shown(entry.name)} twice`);
    }
    entries.set(entry.name, { ...entry, limit: place.offset });
    at += length;
  }
  if (at !== bytes.length) {
    throw new FormatError(`${where}: expected ${place.count} records in the zip directory, got more bytes`);
  }
  return withLimits(entries, place.offset, where);
}

function parseEntry(bytes: Uint8Array, where: string): { entry: Omit<ZipEntry, 'limit'>; length: number } {
  const record = new ZipRecord(bytes, where);
  if (bytes.length < FIXED_BYTES || record.uint32(0) !== SIGNATURE) {
    throw new FormatError(`${where}: expected a record of the zip directory, got something else`);
  }
  const nameEnd = FIXED_BYTES + record.uint16(28);
  const extraEnd = nameEnd + record.uint16(30);
  const length = extraEnd + record.uint16(32);
  if (length > bytes.length) {
    throw new FormatError(
      `${where}: expected a record of ${length} bytes in the zip directory, got ${bytes.length}`,
    );
  }
  const name = decodeName(bytes.subarray(FIXED_BYTES, nameEnd), where);
  if (record.uint16(8) & ENCRYPTED)
    throw new FormatError(`${where}: ${name}: expected plain bytes, got an encrypted entry`);
  if (record.uint32(38) & DIRECTORY) {
    throw new FormatError(`${where}: ${name}: expected a file in the zip file, got one marked as a folder`);
  }
  const method = record.uint16(10);
  const packed = { size: record.uint32(24), stored: record.uint32(20), headerOffset: record.uint32(42) };
  const { size, stored, headerOffset } = fromZip64(
    packed,
    bytes.subarray(nameEnd, extraEnd),
    `${where}: ${name}`,
  );
  if (method === 0 && size !== stored) {
    throw new FormatError(`${where}: ${name}: expected ${size} stored bytes, got ${stored}`);
  }
  if (record.uint16(34) !== 0 && record.uint16(34) !== ELSEWHERE_16) {
    throw new FormatError(`${where}: expected a zip file in one piece, got a part of several`);
  }
  return { entry: { name, size: stored, method, crc32: record.uint32(16), headerOffset }, length };
}

interface Sizes {
  size: number;
  stored: number;
  headerOffset: number;
}

/** Replaces what 32 bits can't hold by the numbers of the zip64 extra field, which stand there in this order. */
function fromZip64(packed: Sizes, extra: Uint8Array, where: string): Sizes {
  const elsewhere = (['size', 'stored', 'headerOffset'] as const).filter(
    (field) => packed[field] === ELSEWHERE_32,
  );
  if (elsewhere.length === 0) return packed;
  const record = new ZipRecord(extra, where);
  let at = 0;
  while (at + 4 <= extra.length) {
    const length = record.uint16(at + 2);
    if (at + 4 + length > extra.length) break;
    if (record.uint16(at) === ZIP64_EXTRA && length >= 8 * elsewhere.length) {
      const unpacked = { ...packed };
      elsewhere.forEach((field, index) => {
        unpacked[field] = record.uint64(at + 4 + 8 * index);
      });
      return unpacked;
    }
    at += 4 + length;
  }
  throw new FormatError(`${where}: expected a zip64 field with its sizes, got none`);
}

function decodeName(bytes: Uint8Array, where: string): string {
  let name: string;
  try {
    name = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new FormatError(`${where}: expected names of zip entries in UTF-8, got other bytes`, {
      cause: error,
    });
  }
  const leadsOut = name.split('/').some((part) => part === '' || part === '.' || part === '..');
  if (leadsOut || /[\\\0:]/.test(name)) {
    throw new FormatError(`${where}: expected zip entries with plain relative paths, got ${shown(name)}`);
  }
  return name;
}

/** Gives each entry the start of what follows it, and refuses entries that can't but overlap. */
function withLimits(
  entries: ReadonlyMap<string, ZipEntry>,
  directoryOffset: number,
  where: string,
): ReadonlyMap<string, ZipEntry> {
  const ordered = [...entries.values()].sort((a, b) => a.headerOffset - b.headerOffset);
  const first = ordered[0];
  if (first !== undefined && first.headerOffset !== 0) {
    throw new FormatError(
      `${where}: expected the first zip entry at byte 0, got ${first.headerOffset}; something stands in front of the zip file`,
    );
  }
  const limits = new Map<string, number>();
  ordered.forEach(({ name, size, headerOffset }, index) => {
    const limit = ordered[index + 1]?.headerOffset ?? directoryOffset;
    if (headerOffset + LOCAL_HEADER_BYTES + size > limit) {
      throw new FormatError(
        `${where}: ${name}: expected ${size} bytes before byte ${limit}, got a header at ${headerOffset}; the entry overlaps the next, or the file is truncated`,
      );
    }
    limits.set(name, limit);
  });
  return new Map(
    [...entries].map(([name, entry]) => [name, { ...entry, limit: limits.get(name) ?? directoryOffset }]),
  );
}
