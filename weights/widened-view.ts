/** A checkpoint whose weights in 8 bits are floats. */
import { bytesOf } from '../bytes/bytes-of.ts';
import { elementCount } from '../shapes/element-count.ts';
import type { Checkpoint, TensorInfo } from './checkpoint.ts';
import { DTYPE_BYTES } from './dtype.ts';
import { readWidened, scaleName, weightOfScale } from './int8-weight.ts';

/**
 * Sees weights in 8 bits as F32, each widened when it is read, and without the tensors of their scales. All else is as it is.
 *
 * @param checkpoint closed when the view is closed
 * @returns the checkpoint itself if it has no such weights
 */
export function widenedView(checkpoint: Checkpoint): Checkpoint {
  const scalesOf = new Map<string, TensorInfo>();
  const tensors = new Map<string, TensorInfo>();
  for (const [name, info] of checkpoint.tensors) {
    const weight = weightOfScale(name);
    if (weight !== undefined && checkpoint.tensors.get(weight)?.dtype === 'I8') continue;
    const scales = info.dtype === 'I8' ? checkpoint.tensors.get(scaleName(name)) : undefined;
    if (scales === undefined) tensors.set(name, info);
    else {
      scalesOf.set(name, { ...scales, name: scaleName(name) });
      tensors.set(name, { ...info, dtype: 'F32', byteLength: DTYPE_BYTES.F32 * elementCount(info.shape) });
    }
  }
  if (scalesOf.size === 0) return checkpoint;
  return {
    ...checkpoint,
    tensors,
    async read(name) {
      const scales = scalesOf.get(name);
      if (scales === undefined) return checkpoint.read(name);
      return bytesOf(await readWidened(checkpoint, { name }, scales), name);
    },
    close: () => checkpoint.close(),
  };
}
