/** Checkpoints: weights files of whatever format, as the rest of the library sees them. */
import { FormatError } from '../errors/errors.ts';
import type { Dtype } from './dtype.ts';

/** One tensor of a checkpoint, as its header describes it. */
export interface TensorInfo {
  /** the name in the file */
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** bytes of the tensor's values, row-major and little-endian */
  readonly byteLength: number;
}

/**
 * An opened checkpoint: headers in memory, values still outside.
 *
 * Tensors are read one at a time, so that a checkpoint of many gigabytes is never in memory as a whole.
 */
export interface Checkpoint {
  /** the checkpoint as the user named it, for error messages */
  readonly where: string;
  /** every tensor by its name in the file, in file order */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** the free text of the file (`__metadata__`); empty where there is none */
  readonly metadata: Readonly<Record<string, string>>;
  /** what tells its files from others and from other versions of them; absent where nothing does */
  readonly identity?: string | undefined;
  /** the names of the files, where there are several */
  readonly shards?: readonly string[];
  /** tensors whose values can't be read, by name, and what they are; an error only where the model asks for them */
  readonly unreadable?: ReadonlyMap<string, string>;
  /** how many objects beside the tensors were passed over, by the names of their classes */
  readonly passedOver?: ReadonlyMap<string, number>;
  /** every container of tensors in the file, where it has several, by its key */
  readonly containers?: readonly string[];
  /** what was chosen among several that the file has, and its user may not expect: sentences */
  readonly notes?: readonly string[];
  /**
   * Reads one tensor's values: row-major, little-endian, contiguous, in the tensor's own dtype.
   *
   * @param name a key of `tensors`
   * @returns bytes owned by the caller, `byteLength` of them, starting at a multiple of 8 in their buffer
   * @throws FormatError if the values are cut short; SourceError if they can't be fetched
   */
  read(name: string): Promise<Uint8Array>;
  /**
   * Says which tensors are going to be read, and in which order, so that they can be fetched ahead.
   *
   * @param names as those of `tensors`; others are passed over
   */
  expect?(names: readonly string[]): void;
  /** Gives back bytes that `read` returned and nobody uses any more: later tensors may be read into their memory. */
  recycle?(bytes: Uint8Array): void;
  /** Frees file handles; the checkpoint can't be read afterwards. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * What a table has under the name of a tensor.
 *
 * @throws FormatError if there is nothing
 */
export function ofTensor<Entry>(entries: ReadonlyMap<string, Entry>, name: string, where: string): Entry {
  const entry = entries.get(name);
  if (entry === undefined) throw new FormatError(`${where}: expected a tensor named ${name}, got none`);
  return entry;
}
