/** The files that torch wrote before 1.6: pickles one after another, and the values of the storages behind them. */
import { FormatError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import type { ByteSource } from '../../sources/byte-source.ts';
import { PickleTruncated } from './pickle/byte-cursor.ts';
import { type Unpickled, unpickle } from './pickle/unpickle.ts';
import {
  describeValue,
  type PickleContext,
  PickleDict,
  PickleList,
  PickleTuple,
  type PickleValue,
} from './pickle/values.ts';
import { parseStorageId, type StorageId } from './storage-id.ts';
import { MAX_PICKLE_BYTES, type StorageReader, type TorchContents } from './torch-contents.ts';
import { findTorchGlobal } from './torch-globals.ts';
import { TorchStorage } from './torch-values.ts';

/** The number that such files begin with. */
const MAGIC = 0x1950a86a20f9469cfc6cn;

const PROTOCOL_VERSION = 1001;

/** Bytes that are read at first; twice as many where the pickles are longer. */
const FIRST_WINDOW = 1024 * 1024;

/** In front of the values of each storage stands how many there are. */
const COUNT_BYTES = 8;

/** The pickles of a file, and where the values begin. */
interface Head extends Unpickled {
  storages: ReadonlyMap<string, StorageId>;
  /** the order in which the values stand */
  keys: readonly string[];
}

/**
 * Reads the pickles.
 *
 * @param source stays the caller's
 * @throws FormatError if it is no such file, or one that was made to harm
 */
export async function openTorchLegacy(source: ByteSource, where: string): Promise<TorchContents> {
  const { value, passedOver, storages, keys, end } = await readHead(source, where);
  const starts = new Map<string, number>();
  let at = end;
  for (const key of keys) {
    starts.set(key, at + COUNT_BYTES);
    at += COUNT_BYTES + (storages.get(key)?.byteLength ?? 0);
  }
  if (at !== source.size) {
    throw new FormatError(`${where}: expected values up to byte ${at}, got a file of ${source.size} bytes`);
  }
  return { value, passedOver, storages: legacyStorages(source, storages, starts, where), format: 'legacy' };
}

async function readHead(source: ByteSource, where: string): Promise<Head> {
  for (let window = FIRST_WINDOW; ; window *= 2) {
    const length = Math.min(window, source.size, MAX_PICKLE_BYTES);
    try {
      return parseHead(await source.read(0, length), where);
    } catch (error) {
      const goesOn = error instanceof PickleTruncated && length < source.size;
      if (!goesOn) throw error;
      if (length === MAX_PICKLE_BYTES) {
        throw new FormatError(
          `${where}: expected pickles of at most ${MAX_PICKLE_BYTES} bytes, got longer ones`,
        );
      }
    }
  }
}

function parseHead(bytes: Uint8Array, where: string): Head {
  const storages = new Map<string, StorageId>();
  const context: PickleContext = {
    findGlobal: findTorchGlobal,
    loadPersistent(id, fail) {
      // the class of a whole module, with its source, which is of no matter here
      if (id instanceof PickleTuple && id.items[0] === 'module') return id.items[1] ?? null;
      const storage = parseStorageId(id, fail);
      const { key, byteLength, view } = storage;
      const before = storages.get(key);
      if (before !== undefined && before.byteLength !== byteLength) {
        fail(`a storage of ${before.byteLength} bytes, as before`, `${byteLength}`);
      }
      if (before === undefined) storages.set(key, storage);
      return new TorchStorage(key, storage.dtype, view?.byteOffset ?? 0, view?.byteLength ?? byteLength);
    },
  };
  let end = 0;
  const next = (): Unpickled => {
    const read = unpickle(bytes, end, context, where);
    end = read.end;
    return read;
  };
  const magic = next().value;
  if (magic !== MAGIC)
    throw new FormatError(`${where}: expected the magic number of torch, got ${describeValue(magic)}`);
  const version = next().value;
  if (version !== PROTOCOL_VERSION) {
    throw new FormatError(
      `${where}: expected version ${PROTOCOL_VERSION} of the format, got ${describeValue(version)}`,
    );
  }
  const system = next().value;
  if (!(system instanceof PickleDict) || system.entries.get('little_endian') !== true) {
    throw new FormatError(
      `${where}: expected little-endian values, got another byte order; save the checkpoint again on a little-endian machine`,
    );
  }
  const { value, passedOver } = next();
  const keys = keysOf(next().value, storages, where);
  return { value, passedOver, storages, keys, end };
}

function keysOf(
  value: PickleValue,
  storages: ReadonlyMap<string, StorageId>,
  where: string,
): readonly string[] {
  const items = value instanceof PickleList ? value.items : [];
  const keys = items.filter((key): key is string => typeof key === 'string' && storages.has(key));
  const distinct = new Set(keys).size;
  if (keys.length !== items.length || distinct !== keys.length || distinct !== storages.size) {
    throw new FormatError(
      `${where}: expected the keys of ${storages.size} storages, each once, got ${describeValue(value)} with ${distinct} of them among ${items.length}`,
    );
  }
  return keys;
}

function legacyStorages(
  source: ByteSource,
  storages: ReadonlyMap<string, StorageId>,
  starts: ReadonlyMap<string, number>,
  where: string,
): StorageReader {
  const checked = new Set<string>();
  return {
    async read(key, offset, length) {
      const [storage, start] = [storages.get(key), starts.get(key)];
      if (storage === undefined || start === undefined) {
        throw new FormatError(`${where}: expected a storage ${shown(key)}, got none`);
      }
      if (!checked.has(key)) {
        const bytes = await source.read(start - COUNT_BYTES, COUNT_BYTES);
        const count = new DataView(bytes.buffer, bytes.byteOffset, COUNT_BYTES).getBigInt64(0, true);
        if (count * BigInt(storage.dtype.bytes) !== BigInt(storage.byteLength)) {
          throw new FormatError(
            `${where}: storage ${shown(key)}: expected ${storage.byteLength} bytes, got ${count} elements of ${storage.dtype.bytes}`,
          );
        }
        checked.add(key);
      }
      return source.read(start + offset, length);
    },
    rangeOf(key) {
      const [storage, start] = [storages.get(key), starts.get(key)];
      if (storage === undefined || start === undefined) return [];
      return [{ offset: start - COUNT_BYTES, length: COUNT_BYTES + storage.byteLength }];
    },
  };
}
