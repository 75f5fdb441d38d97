/** The tensors of a checkpoint by their plain names. */
import { FormatError } from '../../errors/errors.ts';
import type { Checkpoint, TensorInfo } from '../checkpoint.ts';
import { type PlainNames, plainNames } from './plain-names.ts';

/**
 * The tensors that may belong to a model, by their names without wrappers, prefix and chunks.
 *
 * @param names what the names are, or the prefix where the caller knows it
 * @throws FormatError if two tensors have the same name then, or `plainNames` throws it
 */
export function plainTensors(
  { tensors, where }: Checkpoint,
  names: PlainNames | string | undefined,
): ReadonlyMap<string, TensorInfo> {
  const { plain } = typeof names === 'object' ? names : plainNames(tensors.keys(), where, names);
  const renamed = new Map<string, TensorInfo>();
  for (const [name, info] of tensors) {
    const own = plain.get(name);
    if (own === undefined) continue;
    const other = renamed.get(own);
    if (other !== undefined) {
      throw new FormatError(`${where}: expected one tensor for ${own}, got ${other.name} and ${name}`);
    }
    renamed.set(own, info);
  }
  return renamed;
}
