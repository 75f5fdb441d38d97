/** A file of torch.save as a checkpoint. */
import { FormatError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import type { ByteSource } from '../byte-source.ts';
import type { Checkpoint, TensorInfo } from '../checkpoint.ts';
import { DTYPE_BYTES } from '../dtype.ts';
import { elementCount } from '../element-count.ts';
import type { SavedTensor } from './dicts-with-tensors.ts';
import { openTorchLegacy } from './open-torch-legacy.ts';
import { openTorchZip } from './open-torch-zip.ts';
import { findStateDict } from './state-dict.ts';
import { extentOf, gatherRows, isContiguous } from './strided.ts';
import type { StorageReader } from './torch-contents.ts';
import { isZip, SIGNATURE_BYTES } from './torch-signature.ts';
import { TorchTensor } from './torch-values.ts';

/**
 * Reads and checks everything but the values, which stay outside until they are asked for.
 *
 * Nothing in the file is run: its pickle may hold tensors and plain containers, and every global but those of
 * `torch-globals.ts` is an error that names it. Of what a training run saved, the weights are taken
 * (see `findStateDict`); `metadata.torch_container` says under which keys they stood.
 *
 * @param source the file; the checkpoint closes it
 * @param where its name in error messages
 * @throws FormatError if the file is malformed, hostile, or has no weights; the source is closed then
 */
export async function openTorch(source: ByteSource, where: string): Promise<Checkpoint> {
  try {
    const open = isZip(await source.read(0, Math.min(source.size, SIGNATURE_BYTES)))
      ? openTorchZip
      : openTorchLegacy;
    const { value, storages, format } = await open(source, where);
    const { container, tensors: saved } = findStateDict(value, where);
    const tensors = new Map<string, TensorInfo>();
    for (const [name, tensor] of saved) tensors.set(name, infoOf(name, tensor, where));
    return {
      where,
      tensors,
      metadata: { torch_format: format, ...(container !== '' && { torch_container: container }) },
      async read(name) {
        const tensor = saved.get(name);
        if (!(tensor instanceof TorchTensor)) {
          throw new FormatError(`${where}: expected a tensor named ${name}, got none`);
        }
        return readTensor(storages, tensor);
      },
      close: () => source.close(),
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

function infoOf(name: string, tensor: SavedTensor, where: string): TensorInfo {
  const dtype = tensor instanceof TorchTensor ? tensor.dtype.dtype : undefined;
  if (!(tensor instanceof TorchTensor) || dtype === undefined) {
    throw new FormatError(
      `${where}: ${shown(name)}: expected a plain tensor of a dtype among ${Object.keys(DTYPE_BYTES).join(', ')}, got ${tensor.described}; convert it in Python`,
    );
  }
  const { shape } = tensor;
  return { name, dtype, shape, byteLength: tensor.dtype.bytes * elementCount(shape) };
}

async function readTensor(storages: StorageReader, tensor: TorchTensor): Promise<Uint8Array> {
  const { storage, offset, shape, strides } = tensor;
  const { bytes } = tensor.dtype;
  const extent = extentOf(shape, strides);
  if (extent === 0) return new Uint8Array(0);
  const values = await storages.read(storage.key, storage.byteOffset + bytes * offset, bytes * extent);
  return isContiguous(shape, strides) ? values : gatherRows(values, bytes, shape, strides);
}
