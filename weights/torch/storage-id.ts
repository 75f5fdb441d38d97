/** The persistent ids of torch's pickles: how a pickle refers to a storage outside of it. */
import { describeValue, type PickleFailure, PickleTuple, type PickleValue } from './pickle/values.ts';
import type { TorchDtype } from './torch-dtypes.ts';
import { StorageClass } from './torch-values.ts';

/** Keys are numbers or addresses; what is longer would be looked up slowly, and there may be many. */
const MAX_KEY_LENGTH = 100;

/** A part of a storage under a name of its own, as torch kept views before 0.4. */
export interface StorageView {
  /** bytes in front of the part */
  readonly byteOffset: number;
  /** bytes of the part */
  readonly byteLength: number;
}

/** A storage as a pickle refers to it. */
export interface StorageId {
  readonly key: string;
  readonly dtype: TorchDtype;
  /** bytes of the whole storage */
  readonly byteLength: number;
  readonly view: StorageView | undefined;
}

/**
 * Reads `('storage', class, key, location, elements)`, and in the legacy format a view as the sixth.
 *
 * Where a tensor stood when it was saved, a GPU for example, is of no matter here.
 */
export function parseStorageId(id: PickleValue, fail: PickleFailure): StorageId {
  if (!(id instanceof PickleTuple)) return fail('the id of a storage', describeValue(id));
  const [type, storageClass, key, location, count, view = null] = id.items;
  if (type !== 'storage') return fail("an id that begins with 'storage'", describeValue(type));
  if (!(storageClass instanceof StorageClass))
    return fail('a class of storages', describeValue(storageClass));
  if (typeof key !== 'string') return fail('the key of a storage', describeValue(key));
  if (key.length > MAX_KEY_LENGTH) return fail('the key of a storage', `one of ${key.length} characters`);
  if (typeof location !== 'string') return fail('the device of a storage', describeValue(location));
  const { dtype } = storageClass;
  const byteLength = bytesOf(count, dtype, fail);
  return {
    key,
    dtype,
    byteLength,
    view: view === null ? undefined : parseView(view, dtype, byteLength, fail),
  };
}

function bytesOf(count: PickleValue | undefined, dtype: TorchDtype, fail: PickleFailure): number {
  const bytes = typeof count === 'number' ? count * dtype.bytes : -1;
  if (!Number.isSafeInteger(bytes) || bytes < 0) return fail('a number of elements', describeValue(count));
  return bytes;
}

/** Reads `(key, offset, elements)`. */
function parseView(
  view: PickleValue,
  dtype: TorchDtype,
  storageBytes: number,
  fail: PickleFailure,
): StorageView {
  if (!(view instanceof PickleTuple)) return fail('a view of a storage', describeValue(view));
  const [, offset, count] = view.items;
  const [byteOffset, byteLength] = [bytesOf(offset, dtype, fail), bytesOf(count, dtype, fail)];
  if (byteOffset + byteLength > storageBytes) {
    fail(`a view within the ${storageBytes} bytes of its storage`, `${byteLength} bytes from ${byteOffset}`);
  }
  return { byteOffset, byteLength };
}
