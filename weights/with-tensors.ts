/** A view of a checkpoint under other names, shapes or dtypes. */
import type { Checkpoint, TensorInfo } from './checkpoint.ts';

/**
 * The checkpoint with some tensors described anew, and read in another way; closing it closes the checkpoint.
 *
 * @param infos by the names they have in the checkpoint
 * @param read reads every tensor, those that are as they were too
 */
export function withTensors(
  checkpoint: Checkpoint,
  infos: readonly TensorInfo[],
  read: Checkpoint['read'],
): Checkpoint {
  const tensors = new Map(checkpoint.tensors);
  for (const info of infos) tensors.set(info.name, info);
  return { ...checkpoint, tensors, read, close: () => checkpoint.close() };
}
