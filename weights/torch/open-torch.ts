/** A file of torch.save as a checkpoint. */
import { elementCount } from '../../shapes/element-count.ts';
import type { ByteSource } from '../../sources/byte-source.ts';
import { type Checkpoint, ofTensor, type TensorInfo } from '../checkpoint.ts';
import { averageNotes } from './average-notes.ts';
import { openTorchLegacy } from './open-torch-legacy.ts';
import { openTorchZip } from './open-torch-zip.ts';
import { findStateDict } from './state-dict.ts';
import { extentOf, gatherRows, isContiguous } from './strided.ts';
import type { StorageReader } from './torch-contents.ts';
import { isZip, SIGNATURE_BYTES } from './torch-signature.ts';
import type { TorchTensor } from './torch-values.ts';

/**
 * Reads and checks everything but the values, which stay outside until they are asked for.
 *
 * Nothing in the file is run: tensors and plain containers are read, and objects of all other classes are passed over;
 * the checkpoint's `passedOver` counts them. Of what a training run saved, the weights are taken (see `findStateDict`);
 * `metadata.torch_container` says under which keys they stood.
 *
 * @param source the file; the checkpoint closes it
 * @param weightsKey the container to take the weights from, where it is not the one that is preferred
 * @throws FormatError if the file is malformed, hostile, or has no weights; the source is closed then
 */
export async function openTorch(source: ByteSource, where: string, weightsKey?: string): Promise<Checkpoint> {
  try {
    const open = isZip(await source.read(0, Math.min(source.size, SIGNATURE_BYTES)))
      ? openTorchZip
      : openTorchLegacy;
    const contents = await open(source, where);
    const { passedOver, storages, format } = contents;
    const found = findStateDict(contents, where, weightsKey);
    const { container, containers, tensors: saved, unreadable } = found;
    const tensors = new Map<string, TensorInfo>();
    for (const [name, tensor] of saved) tensors.set(name, infoOf(name, tensor));
    return {
      where,
      tensors,
      unreadable,
      passedOver,
      containers,
      notes: weightsKey === undefined ? averageNotes(found) : [],
      metadata: { torch_format: format, ...(container !== '' && { torch_container: container }) },
      read: async (name) => readTensor(storages, ofTensor(saved, name, where)),
      expect(names) {
        const keys = new Set(names.flatMap((name) => saved.get(name)?.storage.key ?? []));
        source.expect?.([...keys].flatMap((key) => storages.rangeOf(key)));
      },
      close: () => source.close(),
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

function infoOf(name: string, { shape, dtype }: TorchTensor): TensorInfo {
  return { name, dtype: dtype.dtype, shape, byteLength: dtype.bytes * elementCount(shape) };
}

async function readTensor(storages: StorageReader, tensor: TorchTensor): Promise<Uint8Array> {
  const { storage, offset, shape, strides } = tensor;
  const { bytes } = tensor.dtype;
  const extent = extentOf(shape, strides);
  if (extent === 0) return new Uint8Array(0);
  const values = await storages.read(storage.key, storage.byteOffset + bytes * offset, bytes * extent);
  return isContiguous(shape, strides) ? values : gatherRows(values, bytes, shape, strides);
}
