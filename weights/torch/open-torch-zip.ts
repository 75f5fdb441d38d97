/** The files that torch writes since 1.6: a zip with a pickle, and an entry for each storage. */
import { FormatError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import type { ByteSource } from '../../sources/byte-source.ts';
import { unpickle } from './pickle/unpickle.ts';
import type { PickleFailure, PickleValue } from './pickle/values.ts';
import { parseStorageId } from './storage-id.ts';
import { MAX_PICKLE_BYTES, type TorchContents } from './torch-contents.ts';
import { findTorchGlobal } from './torch-globals.ts';
import { TorchStorage } from './torch-values.ts';
import type { ZipEntry } from './zip/central-directory.ts';
import { ZipArchive } from './zip/zip-archive.ts';

const PICKLE = 'data.pkl';

/** The versions of the format that torch itself reads. */
const LAST_VERSION = 10;

/** Longer than any of the small texts in such a file. */
const MAX_NOTE_BYTES = 64;

/**
 * Reads directory and pickle.
 *
 * @param source stays the caller's
 * @throws FormatError if it is no such file, or one that was made to harm
 */
export async function openTorchZip(source: ByteSource, where: string): Promise<TorchContents> {
  const archive = await ZipArchive.open(source, where);
  const folder = folderOf(archive.entries, where);
  requireStored(archive.entries, where);
  const entry = (name: string): ZipEntry | undefined => archive.entries.get(folder + name);
  requireVersion(await note(archive, entry('version') ?? entry('.data/version')), where);
  requireLittleEndian(await note(archive, entry('byteorder')), where);
  const pickle = entry(PICKLE);
  if (pickle === undefined || pickle.size > MAX_PICKLE_BYTES) {
    throw new FormatError(
      `${where}: expected ${PICKLE} of at most ${MAX_PICKLE_BYTES} bytes, got ${pickle?.size}`,
    );
  }
  const context = {
    findGlobal: findTorchGlobal,
    loadPersistent: (id: PickleValue, fail: PickleFailure): TorchStorage => {
      const { key, dtype, byteLength, view } = parseStorageId(id, fail);
      if (view !== undefined) fail('a storage without views of it', 'a view, as only legacy files have');
      const found = entry(`data/${key}`);
      if (found === undefined) return fail(`an entry data/${shown(key)} for a storage`, 'none');
      if (found.size !== byteLength) fail(`${byteLength} bytes of storage in ${found.name}`, `${found.size}`);
      return new TorchStorage(key, dtype, 0, byteLength);
    },
  };
  const { value, end, passedOver } = unpickle(await archive.read(pickle), 0, context, `${where}: ${PICKLE}`);
  if (end !== pickle.size) {
    throw new FormatError(`${where}: ${PICKLE}: expected it to end at byte ${end}, got ${pickle.size} bytes`);
  }
  const storages = {
    read: async (key: string, offset: number, length: number) => {
      const found = entry(`data/${key}`);
      if (found === undefined) throw new FormatError(`${where}: expected an entry data/${key}, got none`);
      return archive.read(found, offset, length);
    },
    rangeOf(key: string) {
      const found = entry(`data/${key}`);
      return found ? [{ offset: found.headerOffset, length: found.limit - found.headerOffset }] : [];
    },
  };
  return { value, passedOver, storages, format: 'zip' };
}

/** The one folder that all entries stand in; torch names it after the file. */
function folderOf(entries: ReadonlyMap<string, ZipEntry>, where: string): string {
  const names = [...entries.keys()];
  const found = names.find((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (found === undefined) {
    throw new FormatError(
      `${where}: expected a zip file that torch.save wrote, with <name>/${PICKLE} in it, got ${names.length} other entries`,
    );
  }
  const folder = found.slice(0, -PICKLE.length);
  const stranger = names.find((name) => !name.startsWith(folder));
  if (stranger !== undefined) {
    throw new FormatError(`${where}: expected every zip entry below ${folder}, got ${shown(stranger)}`);
  }
  if (entries.has(`${folder}constants.pkl`)) {
    throw new FormatError(
      `${where}: expected tensors that torch.save wrote, got a TorchScript program; save its weights in Python: torch.save(torch.jit.load(path).state_dict(), 'weights.pth')`,
    );
  }
  return folder;
}

function requireStored(entries: ReadonlyMap<string, ZipEntry>, where: string): void {
  for (const { name, method } of entries.values()) {
    if (method === 0) continue;
    throw new FormatError(
      `${where}: ${name}: expected stored bytes, as torch.save writes them, got compression method ${method}; save the checkpoint again, or zip it without compression`,
    );
  }
}

/** One of the small texts; undefined if there is no such entry. */
async function note(archive: ZipArchive, entry: ZipEntry | undefined): Promise<string | undefined> {
  if (entry === undefined) return undefined;
  return new TextDecoder().decode(await archive.read(entry, 0, Math.min(entry.size, MAX_NOTE_BYTES))).trim();
}

function requireVersion(text: string | undefined, where: string): void {
  if (text === undefined) return;
  if (!/^\d+$/.test(text) || Number(text) < 1 || Number(text) > LAST_VERSION) {
    throw new FormatError(
      `${where}: expected a torch file of version 1 to ${LAST_VERSION}, got ${shown(text)}`,
    );
  }
}

/** Files of torch before 2.1 don't say, and are little-endian but for a few. */
function requireLittleEndian(order = 'little', where: string): void {
  if (order !== 'little') {
    throw new FormatError(
      `${where}: expected little-endian values, got the byte order ${shown(order)}; save the checkpoint again on a little-endian machine`,
    );
  }
}
