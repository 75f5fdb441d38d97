/** Zip files from their entries, sound ones and others. */
import { crc32 } from '../../bytes/crc32.ts';
import { littleEndian } from './pickle-assembler.ts';

/** An entry, and what its records may say otherwise than is true. */
export interface ZipEntryToWrite {
  name: string;
  bytes: Uint8Array;
  /** 8 is DEFLATE */
  method?: number;
  /** bit 0: encrypted */
  flags?: number;
  /** bit 4: a folder */
  attributes?: number;
  crc32?: number;
  /** bytes that the directory states */
  statedSize?: number;
  /** where the directory says the entry begins */
  statedOffset?: number;
  /** the name in front of the contents */
  localName?: string;
  /** the size that stands in front of the contents */
  localSize?: number;
  /** fields in front of the zip64 field */
  extra?: readonly number[];
  /** the directory keeps the numbers in a zip64 field */
  zip64?: boolean;
}

/** How the file ends. */
export interface ZipEnding {
  comment?: Uint8Array;
  /** write zip64 end records, with 32-bit fields that point there */
  zip64?: boolean;
  /** records that the end states */
  statedCount?: number;
  /** first byte of the directory that the end states */
  statedDirectory?: number;
}

const ELSEWHERE = 0xffffffff;

/** The bytes of a zip file of stored entries. */
export function zipOf(entries: readonly ZipEntryToWrite[], ending: ZipEnding = {}): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: number[] = [];
  let end = 0;
  const write = (part: Uint8Array): void => {
    parts.push(part);
    end += part.length;
  };
  for (const entry of entries) {
    const offset = end;
    const sum = entry.crc32 ?? crc32(entry.bytes);
    write(localRecord(entry, sum));
    write(entry.bytes);
    directory.push(...directoryRecord(entry, sum, offset));
  }
  const start = ending.statedDirectory ?? end;
  const count = ending.statedCount ?? entries.length;
  write(Uint8Array.from(directory));
  const bytes: number[] = [];
  const { comment = new Uint8Array(), zip64 } = ending;
  if (zip64) {
    const at = end;
    bytes.push(...littleEndian(0x06064b50, 4), ...littleEndian(44, 8), ...littleEndian(0, 12));
    for (const number of [count, count, directory.length, start]) bytes.push(...littleEndian(number, 8));
    bytes.push(
      ...littleEndian(0x07064b50, 4),
      ...littleEndian(0, 4),
      ...littleEndian(at, 8),
      ...littleEndian(1, 4),
    );
  }
  bytes.push(...littleEndian(0x06054b50, 4), 0, 0, 0, 0);
  for (const number of [count, count]) bytes.push(...littleEndian(zip64 ? 0xffff : number, 2));
  for (const number of [directory.length, start]) bytes.push(...littleEndian(zip64 ? ELSEWHERE : number, 4));
  bytes.push(...littleEndian(comment.length, 2), ...comment);
  write(Uint8Array.from(bytes));
  return new Uint8Array(Buffer.concat(parts));
}

function localRecord(
  { name, bytes, method = 0, flags = 0, localName = name, localSize = bytes.length }: ZipEntryToWrite,
  sum: number,
): Uint8Array {
  const encoded = new TextEncoder().encode(localName);
  return Uint8Array.from([
    ...littleEndian(0x04034b50, 4),
    ...littleEndian(0, 2),
    ...littleEndian(flags, 2),
    ...littleEndian(method, 2),
    ...littleEndian(0, 4),
    ...littleEndian(sum, 4),
    ...littleEndian(localSize, 4),
    ...littleEndian(localSize, 4),
    ...littleEndian(encoded.length, 2),
    ...littleEndian(0, 2),
    ...encoded,
  ]);
}

function directoryRecord(entry: ZipEntryToWrite, sum: number, offset: number): number[] {
  const {
    name,
    bytes,
    method = 0,
    flags = 0,
    statedSize = bytes.length,
    statedOffset = offset,
    zip64,
  } = entry;
  const encoded = new TextEncoder().encode(name);
  const numbers = [statedSize, statedSize, statedOffset];
  const extra = [
    ...(entry.extra ?? []),
    ...(zip64 ? [1, 0, 24, 0, ...numbers.flatMap((number) => littleEndian(number, 8))] : []),
  ];
  return [
    ...littleEndian(0x02014b50, 4),
    ...littleEndian(0, 4),
    ...littleEndian(flags, 2),
    ...littleEndian(method, 2),
    ...littleEndian(0, 4),
    ...littleEndian(sum, 4),
    ...littleEndian(zip64 ? ELSEWHERE : statedSize, 4),
    ...littleEndian(zip64 ? ELSEWHERE : statedSize, 4),
    ...littleEndian(encoded.length, 2),
    ...littleEndian(extra.length, 2),
    ...littleEndian(0, 2),
    ...littleEndian(0, 4),
    ...littleEndian(entry.attributes ?? 0, 4),
    ...littleEndian(zip64 ? ELSEWHERE : statedOffset, 4),
    ...encoded,
    ...extra,
  ];
}
