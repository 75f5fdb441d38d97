/** Tensors from the arguments torch's pickles rebuild them from. */
import { elementCount } from '../../shapes/element-count.ts';
import {
  describeValue,
  PickleDict,
  type PickleFailure,
  PickleOpaque,
  PickleTuple,
  type PickleValue,
  UnknownGlobal,
} from './pickle/values.ts';
import { extentOf } from './strided.ts';
import { isReadable, type TorchDtype } from './torch-dtypes.ts';
import { DtypeGlobal, TorchStorage, TorchTensor, UnreadableTensor } from './torch-values.ts';

/** More axes than any tensor of a vision model has. */
const MAX_AXES = 16;

/** Twice the flags that torch has: `conj` and `neg`. */
const MAX_FLAGS = 4;

/** The most bytes a tensor may have that repeats the values of a smaller storage, as `expand` does. */
const MAX_REPEATED_BYTES = 64 * 1024 * 1024;

/** `_rebuild_tensor(storage, offset, size, stride)` and `_rebuild_tensor_v2(…, requires_grad, hooks, metadata)`. */
export function rebuildTensor(args: readonly PickleValue[], fail: PickleFailure): PickleValue {
  const [storage, , , , , , metadata] = args;
  if (storage instanceof PickleOpaque)
    return new UnreadableTensor(`a tensor with ${storage.described} for a storage`);
  if (!(storage instanceof TorchStorage)) return fail('the storage of a tensor', describeValue(storage));
  return viewOf(storage, storage.dtype, args, metadata, fail);
}

/** `_rebuild_tensor_v3(storage, offset, size, stride, requires_grad, hooks, dtype, metadata)`. */
export function rebuildTypedTensor(args: readonly PickleValue[], fail: PickleFailure): PickleValue {
  const [storage, , , , , , dtype, metadata] = args;
  const strange = [storage, dtype].find(
    (value) => value instanceof PickleOpaque || value instanceof UnknownGlobal,
  );
  if (strange !== undefined) return new UnreadableTensor(`a tensor of ${describeValue(strange)}`);
  if (!(storage instanceof TorchStorage)) return fail('the storage of a tensor', describeValue(storage));
  if (!(dtype instanceof DtypeGlobal)) return fail('the dtype of a tensor', describeValue(dtype));
  return viewOf(storage, dtype.dtype, args, metadata, fail);
}

function viewOf(
  storage: TorchStorage,
  dtype: TorchDtype,
  [, offset, size, stride]: readonly PickleValue[],
  metadata: PickleValue | undefined,
  fail: PickleFailure,
): PickleValue {
  if (!isCount(offset)) return fail('an offset in a storage', describeValue(offset));
  const shape = counts(size, 'a shape', fail);
  const strides = counts(stride, 'strides', fail);
  if (shape.length !== strides.length) {
    return fail(`strides of ${shape.length} axes`, `${strides.length}`);
  }
  if (!isReadable(dtype)) return new UnreadableTensor(`torch.${dtype.name}`);
  if (isLazy(metadata, fail)) {
    return new UnreadableTensor('a view that negates or conjugates the values it shows');
  }
  requireWithin(storage, dtype, offset, shape, strides, fail);
  return new TorchTensor(dtype, storage, offset, shape, strides);
}

/** Whether the flags of a view say that it isn't what stands in its storage. */
function isLazy(flags: PickleValue | undefined, fail: PickleFailure): boolean {
  if (!(flags instanceof PickleDict)) return false;
  if (flags.entries.size > MAX_FLAGS) fail(`at most ${MAX_FLAGS} flags of a tensor`, `${flags.entries.size}`);
  return [...flags.entries.values()].includes(true);
}

function requireWithin(
  { byteLength }: TorchStorage,
  dtype: TorchDtype,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
  fail: PickleFailure,
): void {
  // beyond 2^53 numbers are rounded, but not to anything small
  const end = dtype.bytes * (offset + extentOf(shape, strides));
  if (!(end <= byteLength)) {
    fail(`a tensor within the ${byteLength} bytes of its storage`, `one that ends at byte ${end}`);
  }
  const bytes = dtype.bytes * elementCount(shape);
  if (!(bytes <= Math.max(byteLength, MAX_REPEATED_BYTES))) {
    fail(
      `a tensor of at most ${MAX_REPEATED_BYTES} bytes where values are repeated`,
      `[${shape.join(', ')}] from a storage of ${byteLength} bytes`,
    );
  }
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function counts(value: PickleValue | undefined, what: string, fail: PickleFailure): readonly number[] {
  if (!(value instanceof PickleTuple)) return fail(what, describeValue(value));
  if (value.items.length > MAX_AXES)
    return fail(`${what} of at most ${MAX_AXES} axes`, `${value.items.length}`);
  return value.items.map((item) =>
    isCount(item) ? item : fail(`${what} of non-negative integers`, describeValue(item)),
  );
}
