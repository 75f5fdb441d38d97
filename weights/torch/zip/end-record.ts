/** The end of a zip file: where its directory stands. */
import { FormatError } from '../../../errors/errors.ts';
import type { ByteSource } from '../../../sources/byte-source.ts';
import { ELSEWHERE_16, ELSEWHERE_32, ZipRecord } from './record.ts';

/** Where the directory of a zip file stands. */
export interface DirectoryPlace {
  /** first byte, from the start of the file */
  readonly offset: number;
  /** bytes of all its records */
  readonly size: number;
  /** how many records it has */
  readonly count: number;
}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const LOCATOR_SIGNATURE = 0x07064b50;
const LOCATOR_BYTES = 20;
const END64_SIGNATURE = 0x06064b50;
const END64_BYTES = 56;
const LONGEST_COMMENT = 0xffff;

/**
 * Finds the directory from the records behind it.
 *
 * Source: APPNOTE.TXT 6.3.10 of PKWARE, 4.3.14 to 4.3.16.
 *
 * @throws FormatError if there is no end record, more than one, or one that contradicts the file
 */
export async function findDirectory(source: ByteSource, where: string): Promise<DirectoryPlace> {
  const tailBytes = Math.min(source.size, END64_BYTES + LOCATOR_BYTES + END_BYTES + LONGEST_COMMENT);
  const tail = await source.read(source.size - tailBytes, tailBytes);
  const end = findEnd(tail, where);
  const record = new ZipRecord(tail.subarray(end), where);
  if (record.uint16(4) % ELSEWHERE_16 !== 0 || record.uint16(6) % ELSEWHERE_16 !== 0) {
    throw new FormatError(`${where}: expected a zip file in one piece, got a part of several`);
  }
  const place = { count: record.uint16(10), size: record.uint32(12), offset: record.uint32(16) };
  const locator = end - LOCATOR_BYTES;
  const is64 = locator >= 0 && new ZipRecord(tail.subarray(locator), where).uint32(0) === LOCATOR_SIGNATURE;
  const fileOffset = source.size - tailBytes;
  const found = is64 ? place64(tail, locator, fileOffset, place, where) : place;
  const directoryEnd = fileOffset + (is64 ? locator - END64_BYTES : end);
  if (found.offset + found.size !== directoryEnd) {
    throw new FormatError(
      `${where}: expected the zip directory to end at byte ${directoryEnd}, got ${found.offset} + ${found.size}; something stands in front of the zip file, or it is damaged`,
    );
  }
  return found;
}

/** The place of the end record in the tail; its comment has to reach the end of the file. */
function findEnd(tail: Uint8Array, where: string): number {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  let found: number | undefined;
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== END_SIGNATURE) continue;
    if (at + END_BYTES + view.getUint16(at + 20, true) !== tail.length) continue;
    if (found !== undefined) {
      throw new FormatError(
        `${where}: expected one end record of a zip file, got two; it can be read in two ways`,
      );
    }
    found = at;
  }
  if (found === undefined) {
    throw new FormatError(`${where}: expected the end record of a zip file, got none; the file is truncated`);
  }
  return found;
}

function place64(
  tail: Uint8Array,
  locator: number,
  fileOffset: number,
  short: DirectoryPlace,
  where: string,
): DirectoryPlace {
  const start = locator - END64_BYTES;
  const expected = fileOffset + start;
  const pointed = new ZipRecord(tail.subarray(locator), where).uint64(8);
  if (start < 0 || pointed !== expected) {
    throw new FormatError(`${where}: expected the zip64 end record at byte ${expected}, got ${pointed}`);
  }
  const record = new ZipRecord(tail.subarray(start), where);
  if (record.uint32(0) !== END64_SIGNATURE || record.uint64(4) !== END64_BYTES - 12) {
    throw new FormatError(`${where}: expected a zip64 end record at byte ${expected}, got something else`);
  }
  if (record.uint32(16) !== 0 || record.uint32(20) !== 0) {
    throw new FormatError(`${where}: expected a zip file in one piece, got a part of several`);
  }
  const place = { count: record.uint64(32), size: record.uint64(40), offset: record.uint64(48) };
  const agree =
    (short.count === ELSEWHERE_16 || short.count === place.count) &&
    (short.size === ELSEWHERE_32 || short.size === place.size) &&
    (short.offset === ELSEWHERE_32 || short.offset === place.offset);
  if (!agree) throw new FormatError(`${where}: expected one place of the zip directory, got two that differ`);
  return place;
}
