/** The contents of a torch file, the same for both formats. */
import type { ByteRange } from '../../sources/byte-source.ts';
import type { PickleValue } from './pickle/values.ts';

/** Where the values of storages are read from. */
export interface StorageReader {
  /**
   * @param key the name of a storage in the file
   * @param offset first byte, from the start of the storage
   * @param length bytes within the storage
   * @throws FormatError if the storage contradicts what is said of it elsewhere in the file
   */
  read(key: string, offset: number, length: number): Promise<Uint8Array>;
  /** Where a storage stands in the file, with what stands in front of it; none if there is no such storage. */
  rangeOf(key: string): ByteRange[];
}

/** An opened torch file: the object that was saved in memory, values of storages still outside. */
export interface TorchContents {
  readonly value: PickleValue;
  /** how many objects were passed over, by the names of their classes or of the functions that would make them */
  readonly passedOver: ReadonlyMap<string, number>;
  readonly storages: StorageReader;
  /** `zip` since torch 1.6, `legacy` before */
  readonly format: 'zip' | 'legacy';
}

/** A pickle of more than this is no table of tensors. */
export const MAX_PICKLE_BYTES = 128 * 1024 * 1024;
