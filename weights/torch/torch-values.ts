/** Values of torch's pickles besides plain containers: dtypes, storages, and their classes. */
import { PickleGlobal, PickleObject } from './pickle/values.ts';
import type { ReadableDtype, TorchDtype } from './torch-dtypes.ts';

/** A class of storages: `torch.FloatStorage`. */
export class StorageClass extends PickleGlobal {
  readonly dtype: TorchDtype;

  constructor(name: string, dtype: TorchDtype) {
    super(name, 'constant');
    this.dtype = dtype;
  }
}

/** A type of elements: `torch.float32`. */
export class DtypeGlobal extends PickleGlobal {
  readonly dtype: TorchDtype;

  constructor(dtype: TorchDtype) {
    super(`torch.${dtype.name}`, 'constant');
    this.dtype = dtype;
  }
}

/** Values in the file, or a part of them, that tensors are views of. */
export class TorchStorage extends PickleObject {
  readonly described = 'a storage';
  /** the name of the values in the file */
  readonly key: string;
  readonly dtype: TorchDtype;
  /** the first byte of the part */
  readonly byteOffset: number;
  /** bytes of the part */
  readonly byteLength: number;

  constructor(key: string, dtype: TorchDtype, byteOffset: number, byteLength: number) {
    super();
    this.key = key;
    this.dtype = dtype;
    this.byteOffset = byteOffset;
    this.byteLength = byteLength;
  }
}

/** A tensor: a view of a storage, which it stays within. */
export class TorchTensor extends PickleObject {
  readonly described = 'a tensor';
  readonly dtype: ReadableDtype;
  readonly storage: TorchStorage;
  /** elements in front of the first */
  readonly offset: number;
  readonly shape: readonly number[];
  /** elements from one to the next along each axis */
  readonly strides: readonly number[];

  constructor(
    dtype: ReadableDtype,
    storage: TorchStorage,
    offset: number,
    shape: readonly number[],
    strides: readonly number[],
  ) {
    super();
    this.dtype = dtype;
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

/** A tensor that can't be read; an error only where it is one of the weights. */
export class UnreadableTensor extends PickleObject {
  /** what it is: `a sparse tensor` */
  readonly described: string;

  constructor(described: string) {
    super();
    this.described = described;
  }
}
