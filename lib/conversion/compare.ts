/** Comparing two checkpoints, of whatever systems, tensor by tensor. */
import { nonNegative, type OptionsOf, readOptions } from '../../options/rows.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import { openRepository } from '../../sources/open-repository.ts';
import { REPOSITORY_OPTIONS, type RepositoryOptions } from '../../sources/repository.ts';
import { type Checkpoint, ofTensor, type TensorInfo } from '../../weights/checkpoint.ts';
import type { Dtype } from '../../weights/dtype.ts';
import { canonicalView } from '../../weights/key-schemes/canonical-view.ts';
import { openCheckpoint } from '../../weights/open-checkpoint.ts';
import { exactValues } from '../../weights/widen.ts';
import { widenedView } from '../../weights/widened-view.ts';
import { FAMILY_FILES } from '../families/families.ts';
import { mapWeights, unknownSource } from '../loading/open-model.ts';
import { type Comparison, compareValues } from '../parity/compare.ts';

/** What is the matter with a tensor, or that nothing is. */
export type TensorVerdict =
  /** the same dtype and the same bytes, of weights in 8 bits when they are widened */
  | 'identical'
  /** within the tolerance */
  | 'close'
  | 'different'
  | 'different shapes'
  | 'only in A'
  | 'only in B';

/** One tensor of two checkpoints. */
export interface TensorComparison {
  /** our name, or that in the file where no scheme knows it */
  readonly name: string;
  readonly verdict: TensorVerdict;
  readonly pass: boolean;
  /** what A and B have; undefined for the one that lacks it */
  readonly a: Pick<TensorInfo, 'dtype' | 'shape'> | undefined;
  readonly b: Pick<TensorInfo, 'dtype' | 'shape'> | undefined;
  /** how far A is from B, where the shapes are the same */
  readonly values?: Comparison;
}

/** How two models are compared. */
export const COMPARE_OPTIONS = {
  /** tolerance: a tensor passes if max |a − b| ≤ atol · max(1, max |b|); with 0 the values must be the same; default 0 */
  atol: nonNegative({
    default: 0,
    flag: '--atol <number>',
    help: 'tolerance: |a − b| ≤ atol · max(1, largest value of B); with 0 values must be the same',
  }),
};

/** How two models are found and compared. */
export interface CompareOptions extends RepositoryOptions, OptionsOf<typeof COMPARE_OPTIONS> {}

/** Every tensor: those we have names for, and those of the file that we have none for. */
interface Named {
  /** as the file has them, but for the scales of weights in 8 bits */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** the dtype of what is read: F32 of weights in 8 bits */
  dtypeOf(name: string): Dtype;
  read(name: string): Promise<Uint8Array>;
}

function named(file: Checkpoint): Named {
  const { family, source } = unknownSource(file, FAMILY_FILES);
  const { checkpoint, unexpected } = canonicalView(mapWeights(file, family, source));
  const widened = widenedView(checkpoint);
  const tensors = new Map<string, TensorInfo>();
  for (const [name, info] of widened.tensors) tensors.set(name, checkpoint.tensors.get(name) ?? info);
  for (const name of unexpected) {
    const info = file.tensors.get(name);
    if (info !== undefined) tensors.set(name, info);
  }
  const viewOf = (name: string): Checkpoint => (widened.tensors.has(name) ? widened : file);
  return {
    tensors,
    dtypeOf: (name) => ofTensor(viewOf(name).tensors, name, file.where).dtype,
    read: (name) => viewOf(name).read(name),
  };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i]);
}

function described(info: TensorInfo | undefined): TensorComparison['a'] {
  return info && { dtype: info.dtype, shape: info.shape };
}

/**
 * Compares two checkpoints by our names, so that the systems they are of don't matter; one tensor of each is in memory
 * at a time.
 *
 * @param a borrowed, as is `b`
 * @param atol tolerance: a tensor passes if max |a − b| ≤ atol · max(1, max |b|); with 0 the values must be the same
 * @returns a row for each tensor, in A's order, then those only B has
 * @throws FormatError if either is no DINOv2 checkpoint
 */
export async function* compareCheckpoints(
  a: Checkpoint,
  b: Checkpoint,
  atol = 0,
): AsyncGenerator<TensorComparison> {
  const left = named(a);
  const right = named(b);
  for (const [name, info] of left.tensors) {
    const other = right.tensors.get(name);
    const row = { name, a: described(info), b: described(other) };
    if (other === undefined) yield { ...row, verdict: 'only in A', pass: false };
    else if (String(info.shape) !== String(other.shape))
      yield { ...row, verdict: 'different shapes', pass: false };
    else {
      const ours = await left.read(name);
      const theirs = await right.read(name);
      const values = compareValues(
        name,
        exactValues(ours, left.dtypeOf(name)),
        exactValues(theirs, right.dtypeOf(name)),
        atol,
      );
      const identical = info.dtype === other.dtype && sameBytes(ours, theirs);
      const verdict = identical ? 'identical' : values.pass ? 'close' : 'different';
      yield { ...row, verdict, pass: values.pass, values };
    }
  }
  for (const [name, info] of right.tensors) {
    if (left.tensors.has(name)) continue;
    yield { name, a: undefined, b: described(info), verdict: 'only in B', pass: false };
  }
}

/**
 * Compares the checkpoints of two models, see `compareCheckpoints`.
 *
 * @param a a folder, a `.safetensors`, `.pth` or `.bin` file, a Hub id, a URL, or files in memory; so is `b`, the reference
 * @throws SourceError, FormatError; what `signal` was aborted with, between two tensors
 */
export async function* compareModels(
  a: ModelSource,
  b: ModelSource,
  options: CompareOptions = {},
): AsyncGenerator<TensorComparison> {
  const { atol } = readOptions('compareModels', options, COMPARE_OPTIONS, REPOSITORY_OPTIONS);
  const first = await openCheckpoint(await openRepository(a, options));
  try {
    const second = await openCheckpoint(await openRepository(b, options));
    try {
      for await (const row of compareCheckpoints(first, second, atol)) {
        options.signal?.throwIfAborted();
        yield row;
      }
    } finally {
      await second.close();
    }
  } finally {
    await first.close();
  }
}
