/** The header of a safetensors file, checked before anything it says is believed. */
import { FormatError } from '../../errors/errors.ts';
import { FETCH_BY_LFS } from '../../errors/lfs-pointer.ts';
import { shown } from '../../errors/shown.ts';
import { isObject } from '../../options/json-object.ts';
import { elementCount } from '../../shapes/element-count.ts';
import type { TensorInfo } from '../checkpoint.ts';
import { DTYPE_BYTES, isDtype } from '../dtype.ts';
import { unreadableTensor } from '../unreadable-tensor.ts';

/** A tensor of a safetensors file and where its values stand. */
export interface SafetensorsEntry extends TensorInfo {
  /** first byte of the values, from the start of the file */
  readonly offset: number;
}

/** One of any dtype. */
type Entry = Omit<SafetensorsEntry, 'dtype'> & { readonly dtype: string };

/** Where values stand. */
type Place = Pick<SafetensorsEntry, 'name' | 'offset' | 'byteLength'>;

function isReadable(entry: Entry): entry is SafetensorsEntry {
  return isDtype(entry.dtype);
}

/** A whole header. */
export interface SafetensorsHeader {
  tensors: Map<string, SafetensorsEntry>;
  /** dtypes of the tensors that can't be read, by their names */
  unreadable: Map<string, string>;
  metadata: Record<string, string>;
}

/** The limit of the reference implementation; the header of a giant model takes 80 kB. */
export const MAX_HEADER_BYTES = 100_000_000;

/** How dtypes are named: those of 8 bits and fewer, complex ones, and what may come. */
const DTYPE_NAME = /^[A-Z][A-Z0-9_]{0,31}$/;

/** More axes than any tensor of a vision model has. */
const MAX_AXES = 16;

/** The bytes in front of the header: its length as a 64-bit number. */
export const LENGTH_BYTES = 8;

/**
 * The length of the header.
 *
 * @param prefix the first 8 bytes of the file
 * @param fileSize bytes of the whole file
 * @throws FormatError if it can't be true
 */
export function headerLength(prefix: Uint8Array, fileSize: number, where: string): number {
  if (String.fromCharCode(...prefix) === 'version ') {
    throw new FormatError(
      `${where}: expected a safetensors or torch file, got a Git LFS pointer; ${FETCH_BY_LFS}`,
    );
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw new FormatError(
      `${where}: expected a safetensors header of at most ${MAX_HEADER_BYTES} bytes, got ${length}; is this a safetensors or torch file?`,
    );
  }
  if (LENGTH_BYTES + Number(length) > fileSize) {
    throw new FormatError(
      `${where}: expected a header of ${length} bytes, got a file of ${fileSize}; the file is truncated, or no safetensors or torch file`,
    );
  }
  return Number(length);
}

/**
 * Parses and checks a header.
 *
 * Every length, offset and shape is checked against the file's size; tensors may neither overlap nor leave holes. Those
 * of dtypes that are not read are set apart: they may stand beside the weights.
 * Source: github.com/huggingface/safetensors, README, "Format".
 *
 * @param bytes the header, without its length
 * @param fileSize bytes of the whole file
 * @throws FormatError naming the file, the tensor and what is wrong with it
 */
export function parseHeader(bytes: Uint8Array, fileSize: number, where: string): SafetensorsHeader {
  const json = parseJson(bytes, where);
  const dataStart = LENGTH_BYTES + bytes.byteLength;
  const dataSize = fileSize - dataStart;
  const tensors = new Map<string, SafetensorsEntry>();
  const unreadable = new Map<string, string>();
  const places: Place[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(json)) {
    if (name === '__metadata__') metadata = parseMetadata(entry, where);
    else {
      const parsed = parseEntry(name, entry, dataStart, dataSize, where);
      places.push(parsed);
      if (isReadable(parsed)) tensors.set(name, parsed);
      else unreadable.set(name, parsed.dtype);
    }
  }
  requireGapless(places, dataStart, fileSize, where);
  const [first] = unreadable;
  if (tensors.size === 0 && first !== undefined) throw unreadableTensor(where, ...first);
  return { tensors, unreadable, metadata };
}

function parseJson(bytes: Uint8Array, where: string): object {
  let json: unknown;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    json = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(`${where}: expected a JSON header, got ${reason}`, { cause: error });
  }
  if (!isObject(json)) {
    throw new FormatError(`${where}: expected a JSON object as header, got ${text.slice(0, 40)}`);
  }
  requireUniqueKeys(text, Object.keys(json).length, where);
  return json;
}

/** JSON.parse keeps the last of two equal keys; a header that has some could mean two things. */
function requireUniqueKeys(text: string, distinct: number, where: string): void {
  let depth = 0;
  let keys = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') {
      const start = i;
      for (i++; text[i] !== '"'; i++) if (text[i] === '\\') i++;
      let after = i + 1;
      while (/\s/.test(text[after] ?? 'x')) after++;
      if (depth === 1 && text[after] === ':' && start >= 0) keys++;
    } else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
  }
  if (keys !== distinct) {
    throw new FormatError(
      `${where}: expected each tensor name once, got ${keys} entries with ${distinct} names`,
    );
  }
}

function parseMetadata(entry: unknown, where: string): Record<string, string> {
  if (entry === null) return {};
  if (typeof entry !== 'object' || Array.isArray(entry)) {
    throw new FormatError(`${where}: expected __metadata__ to be an object, got ${shown(entry)}`);
  }
  const metadata: Record<string, string> = {};
  for (const [key, value] of Object.entries(entry)) {
    if (typeof value !== 'string') {
      throw new FormatError(`${where}: expected __metadata__.${key} to be a string, got ${shown(value)}`);
    }
    metadata[key] = value;
  }
  return metadata;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function parseEntry(name: string, entry: unknown, dataStart: number, dataSize: number, where: string): Entry {
  const fail = (expected: string, got: unknown): never => {
    throw new FormatError(`${where}: ${name}: expected ${expected}, got ${shown(got)}`);
  };
  if (typeof entry !== 'object' || entry === null) return fail('an object', entry);
  const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>;
  if (typeof dtype !== 'string' || !DTYPE_NAME.test(dtype)) return fail('the name of a dtype', dtype);
  if (!Array.isArray(shape) || shape.length > MAX_AXES || !shape.every(isCount)) {
    return fail(`a shape of at most ${MAX_AXES} non-negative integers`, shape);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !isCount(offsets[0]) || !isCount(offsets[1])) {
    return fail('two data_offsets', offsets);
  }
  const [begin, end] = [offsets[0], offsets[1]];
  if (begin > end || end > dataSize) {
    return fail(`data_offsets in order within the ${dataSize} bytes of values in the file`, offsets);
  }
  const byteLength = isDtype(dtype) ? DTYPE_BYTES[dtype] * elementCount(shape) : end - begin;
  if (!Number.isSafeInteger(byteLength) || byteLength !== end - begin) {
    return fail(`${end - begin} bytes for ${dtype} [${shape.join(', ')}]`, byteLength);
  }
  return { name, dtype, shape, byteLength, offset: dataStart + begin };
}

function requireGapless(entries: Place[], dataStart: number, fileSize: number, where: string): void {
  const ordered = entries.sort((a, b) => a.offset - b.offset || a.byteLength - b.byteLength);
  let end = dataStart;
  for (const entry of ordered) {
    if (entry.offset !== end) {
      const problem = entry.offset < end ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw new FormatError(
        `${where}: ${entry.name}: expected values at byte ${end}, got ${entry.offset}; it ${problem}`,
      );
    }
    end += entry.byteLength;
  }
  if (end !== fileSize) {
    throw new FormatError(`${where}: expected the file to end at byte ${end}, got ${fileSize} bytes`);
  }
}
