/** One safetensors file as a checkpoint. */
import { FormatError } from '../../errors/errors.ts';
import type { ByteSource } from '../../sources/byte-source.ts';
import { type Checkpoint, ofTensor } from '../checkpoint.ts';
import { headerLength, LENGTH_BYTES, parseHeader } from './parse-header.ts';

/**
 * Reads and checks the header; values stay outside until they are asked for.
 *
 * @param source the file; the checkpoint closes it
 * @param where its name in error messages
 * @throws FormatError if the header is malformed; the source is closed then
 */
export async function openSafetensors(source: ByteSource, where: string): Promise<Checkpoint> {
  try {
    if (source.size < LENGTH_BYTES) {
      throw new FormatError(`${where}: expected a safetensors file, got ${source.size} bytes`);
    }
    const length = headerLength(await source.read(0, LENGTH_BYTES), source.size, where);
    const { tensors, ...header } = parseHeader(await source.read(LENGTH_BYTES, length), source.size, where);
    return {
      where,
      tensors,
      ...header,
      async read(name) {
        const { offset, byteLength } = ofTensor(tensors, name, where);
        return source.read(offset, byteLength);
      },
      expect(names) {
        const entries = names.flatMap((name) => tensors.get(name) ?? []);
        source.expect?.(entries.map(({ offset, byteLength }) => ({ offset, length: byteLength })));
      },
      recycle: (bytes) => source.recycle?.(bytes),
      close: () => source.close(),
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}
