/** Files of torch.save, made in memory. */

import { elementCount } from '../../shapes/element-count.ts';
import type { Dtype } from '../dtype.ts';
import { OPCODES } from '../torch/pickle/opcodes.ts';
import type { TensorToWrite } from '../write/encode-safetensors.ts';
import {
  assemble,
  dict,
  integer,
  littleEndian,
  type Pickle,
  pickleOf,
  tensor,
  text,
} from './pickle-assembler.ts';
import { type ZipEnding, type ZipEntryToWrite, zipOf } from './zip-builder.ts';

/** Values of storages, by their keys. */
export type Storages = Readonly<Record<string, Uint8Array>>;

/** Four float32. */
export const FOUR: Storages = { 0: new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer) };

/** The entries of a torch file: a sound one, unless the pickle or the storages are not. */
export function torchEntries(pickle: Uint8Array, storages: Storages = FOUR): ZipEntryToWrite[] {
  const encode = (value: string) => new TextEncoder().encode(value);
  return [
    { name: 'archive/data.pkl', bytes: pickle },
    { name: 'archive/byteorder', bytes: encode('little') },
    ...Object.entries(storages).map(([key, bytes]) => ({ name: `archive/data/${key}`, bytes })),
    { name: 'archive/version', bytes: encode('3\n') },
  ];
}

/** A torch file of one pickled value. */
export function torchZip(value: Pickle, storages?: Storages, ending?: ZipEnding): Uint8Array {
  return zipOf(torchEntries(pickleOf(value), storages), ending);
}

/** What a legacy file may state otherwise. */
export interface LegacyLies {
  version?: number;
  littleEndian?: boolean;
  keys?: readonly string[];
  /** elements that stand in front of the values */
  count?: number;
}

/** A torch file of before 1.6, of one pickled value. */
export function torchLegacy(value: Pickle, lies: LegacyLies = {}, storages: Storages = FOUR): Uint8Array {
  const { version = 1001, keys = Object.keys(storages), count } = lies;
  const magic = [OPCODES.LONG1, 10, littleEndian(0x1950a86a20f9469cfc6cn, 10)];
  const system = dict({ little_endian: [lies.littleEndian === false ? OPCODES.NEWFALSE : OPCODES.NEWTRUE] });
  const list = [OPCODES.EMPTY_LIST, OPCODES.MARK, keys.map(text), OPCODES.APPENDS];
  const pickles = [magic, integer(version), system, value, list].map((pickle) => [...pickleOf(pickle)]);
  const values = Object.values(storages).map((bytes) => [
    littleEndian(count ?? bytes.length / 4, 8),
    [...bytes],
  ]);
  return assemble(...pickles, ...values);
}

const STORAGES: Partial<Record<Dtype, string>> = {
  F32: 'FloatStorage',
  F16: 'HalfStorage',
  BF16: 'BFloat16Storage',
};

/** A state dict as torch saves it, of float tensors. */
export function torchStateDict(tensors: readonly TensorToWrite[]): Uint8Array {
  const entries = tensors.map(({ name, dtype, shape }, index): [string, Pickle] => {
    const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
    return [
      name,
      tensor({
        key: String(index),
        storage: STORAGES[dtype] ?? dtype,
        count: elementCount(shape),
        shape,
        strides,
      }),
    ];
  });
  const storages = Object.fromEntries(tensors.map(({ bytes }, index) => [String(index), bytes]));
  return torchZip(dict(Object.fromEntries(entries)), storages);
}
