/** What was fitted to features as a safetensors file of float64 tensors. */
import { bytesOf } from '../../bytes/bytes-of.ts';
import { joined } from '../../bytes/joined.ts';
import { FormatError } from '../../errors/errors.ts';
import { shortened } from '../../errors/shown.ts';
import { memorySource } from '../../sources/byte-source.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import { openSafetensors } from '../../weights/safetensors/open-safetensors.ts';
import { safetensorsParts } from '../../weights/write/encode-safetensors.ts';

/** What a file is of. */
export interface Float64Format {
  /** what the metadata say under `format` */
  readonly format: string;
  /** the same in words, for error messages, such as `a PCA basis` */
  readonly holds: string;
  /** the flag of the command that writes such a file, for error messages */
  readonly saveFlag: string;
}

/** A tensor to be written. */
export type Float64Tensor = readonly [name: string, shape: number[], values: Float64Array];

/** @param metadata free text beside the tensors */
export function encodeFloat64File(
  { format }: Float64Format,
  tensors: readonly Float64Tensor[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const written = tensors.map(([name, shape, values]) => ({
    name,
    dtype: 'F64' as const,
    shape,
    bytes: bytesOf(values, name),
  }));
  return joined(safetensorsParts(written, { ...metadata, format }));
}

/** A file that `encodeFloat64File` has made. */
export class Float64File {
  /** the free text */
  readonly metadata: Readonly<Record<string, string>>;
  private readonly file: Checkpoint;

  private constructor(file: Checkpoint, metadata: Readonly<Record<string, string>>) {
    this.file = file;
    this.metadata = metadata;
  }

  /**
   * @param where the file, for error messages
   * @throws FormatError if it is none, or one of another format
   */
  static async open(
    bytes: Uint8Array,
    where: string,
    { format, holds, saveFlag }: Float64Format,
  ): Promise<Float64File> {
    const file = await openSafetensors(memorySource(bytes), where);
    const { format: found, ...metadata } = file.metadata;
    if (found === format) return new Float64File(file, metadata);
    throw new FormatError(
      `${where}: expected ${holds}, got a safetensors file of ${shortened(found ?? 'something else')}; save one with toBytes(), or with ${saveFlag} on the command line`,
    );
  }

  /** The names of its tensors. */
  get names(): string[] {
    return [...this.file.tensors.keys()];
  }

  /** How many values or rows a tensor has; 0 without it. */
  lengthOf(name: string, axis = 0): number {
    return this.file.tensors.get(name)?.shape[axis] ?? 0;
  }

  /**
   * The values of a tensor.
   *
   * @throws FormatError if it is missing or of another shape, or if a value is not finite
   */
  async read(name: string, ...shape: number[]): Promise<Float64Array> {
    const { where, tensors } = this.file;
    const tensor = tensors.get(name);
    if (tensor?.dtype !== 'F64' || String(tensor.shape) !== String(shape)) {
      const got = tensor === undefined ? 'none' : `${tensor.dtype} [${tensor.shape.join(', ')}]`;
      throw new FormatError(`${where}: expected ${name} of F64 [${shape.join(', ')}], got ${got}`);
    }
    // a copy, as the place in the file need not divide by 8
    const values = new Float64Array(new Uint8Array(await this.file.read(name)).buffer);
    const odd = values.find((each) => !Number.isFinite(each));
    if (odd === undefined) return values;
    throw new FormatError(`${where}: expected ${name} of finite values, got ${odd}; fit and save it again`);
  }
}
