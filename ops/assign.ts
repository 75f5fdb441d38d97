/** Giving a tensor other values. */
import { backend, engine, keep, type Tensor } from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors/errors.ts';

/** How often each tensor was changed; of those that never were, nothing is known. */
const versions = new WeakMap<Tensor, number>();

/**
 * How often the values of a tensor were changed: what is computed of them and kept holds as long as this stays the same.
 *
 * PyTorch: `Tensor._version`.
 */
export function versionOf(tensor: Tensor): number {
  return versions.get(tensor) ?? 0;
}

/** Notes that the values of a tensor were changed in place. */
export function noteChange(tensor: Tensor): void {
  versions.set(tensor, versionOf(tensor) + 1);
}

/**
 * Gives a tensor the values of another; what a backend keeps of the old ones, such as a weight in panels, is freed.
 *
 * TF.js: `Variable.assign`, for tensors that are no variables.
 *
 * @param value of the same shape and dtype; borrowed
 * @throws ShapeError if it doesn't fit
 */
export function assign(tensor: Tensor, value: Tensor): void {
  if (String(tensor.shape) !== String(value.shape) || tensor.dtype !== value.dtype) {
    throw new ShapeError(
      `assign: expected ${tensor.dtype} [${tensor.shape.join(', ')}], got ${value.dtype} [${value.shape.join(', ')}]`,
    );
  }
  if (tensor.dataId === value.dataId) return;
  engine().disposeTensor(tensor);
  tensor.dataId = value.dataId;
  // TF.js counts it anew, and would free it at the end of a `tidy` that is under way
  keep(tensor);
  engine().incRef(tensor, backend());
  noteChange(tensor);
}
