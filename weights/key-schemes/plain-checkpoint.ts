/** A checkpoint whose tensors have names without prefixes. */
import { FormatError } from '../../errors/errors.ts';
import type { Checkpoint, TensorInfo } from '../checkpoint.ts';
import type { FamilyNames, PlainTensors } from './key-scheme.ts';
import { type PlainNames, plainNames } from './plain-names.ts';

/** A checkpoint, and which of its tensors may be those of a model of a family. */
export interface PlainCheckpoint {
  readonly checkpoint: Checkpoint;
  /** whose names are looked for */
  readonly family: FamilyNames;
  readonly names: PlainNames;
  /** by their names without wrappers, prefix and chunks; each tells its name in the file */
  readonly tensors: PlainTensors;
  /** whether the user said what stands before the names */
  readonly isPrefixAsked: boolean;
}

/**
 * Takes off what stands around the names of a checkpoint; no value is read.
 *
 * @param prefix what stands before the names, where the user says it
 * @throws FormatError if two tensors have the same name then, there are several models, or none behind the prefix
 */
export function plainCheckpoint(
  checkpoint: Checkpoint,
  family: FamilyNames,
  prefix?: string,
): PlainCheckpoint {
  const { where, tensors: all, unreadable = new Map<string, string>() } = checkpoint;
  const names = plainNames([...all.keys(), ...unreadable.keys()], family, where, prefix);
  const tensors = new Map<string, TensorInfo>();
  for (const [name, info] of all) {
    const own = names.plain.get(name);
    if (own === undefined) continue;
    const other = tensors.get(own);
    if (other !== undefined) {
      throw new FormatError(`${where}: expected one tensor for ${own}, got ${other.name} and ${name}`);
    }
    tensors.set(own, info);
  }
  return { checkpoint, family, names, tensors, isPrefixAsked: prefix !== undefined };
}

/**
 * The checkpoint with some tensors described anew, and read in another way; closing it closes the checkpoint.
 *
 * @param infos by the names they have in the file
 * @param read reads every tensor, those that are as they were too
 */
export function withTensors(
  plain: PlainCheckpoint,
  infos: readonly TensorInfo[],
  read: Checkpoint['read'],
): PlainCheckpoint {
  const { checkpoint } = plain;
  const changed = new Map(infos.map((info) => [info.name, info]));
  const redescribed = (tensors: PlainTensors): PlainTensors =>
    new Map([...tensors].map(([name, info]) => [name, changed.get(info.name) ?? info]));
  return {
    ...plain,
    checkpoint: {
      ...checkpoint,
      tensors: redescribed(checkpoint.tensors),
      read,
      close: () => checkpoint.close(),
    },
    tensors: redescribed(plain.tensors),
  };
}
