/** Names without what frameworks and training code put around them. */
import { FormatError } from '../../errors/errors.ts';
import type { Checkpoint, TensorInfo } from '../checkpoint.ts';

/** What frameworks and training code put in front of names. */
const PREFIX = /^(module|_orig_mod|teacher|student|backbone|model|state_dict|dinov2|dinov2_with_registers)\./;

/** Blocks of training runs are kept in chunks: `blocks.<chunk>.<block>`, the block counted through. */
const CHUNKED = /^blocks\.\d+\.(\d+)\./;

/** The original code's classifiers have `backbone.` and `linear_head.`. */
const HEAD_OF_CLASSIFIER = /^linear_head\./;

/** The two networks of a training run, behind whatever was put in front of both. */
const OF_TEACHER = /^((module|_orig_mod|model|state_dict)\.)*teacher\./;
const OF_STUDENT = /^((module|_orig_mod|model|state_dict)\.)*student\./;

/** What self-supervised training keeps beside the backbone: projection heads and the centres of its losses. */
const OF_TRAINING = /^(dino_head|ibot_head|dino_loss|ibot_patch_loss)\./;

/** A name without prefixes and chunks. */
export function plainName(name: string): string {
  let plain = name;
  while (PREFIX.test(plain)) plain = plain.replace(PREFIX, '');
  return plain.replace(CHUNKED, 'blocks.$1.').replace(HEAD_OF_CLASSIFIER, 'head.');
}

/** The tensors of a checkpoint that may belong to a model. */
export interface PlainNames {
  /** by their names without prefixes and chunks */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** names in the file of what only training needs: its heads, and the student where there is a teacher */
  readonly leftOut: readonly string[];
}

/**
 * Takes prefixes, chunks, and what only training needs off a checkpoint.
 *
 * @throws FormatError if two tensors have the same name then
 */
export function plainNames(checkpoint: Checkpoint): PlainNames {
  const names = [...checkpoint.tensors.keys()];
  const hasTeacher = names.some((name) => OF_TEACHER.test(name));
  const tensors = new Map<string, TensorInfo>();
  const leftOut: string[] = [];
  for (const [name, info] of checkpoint.tensors) {
    const plain = plainName(name);
    if ((hasTeacher && OF_STUDENT.test(name)) || OF_TRAINING.test(plain)) {
      leftOut.push(name);
      continue;
    }
    const other = tensors.get(plain);
    if (other !== undefined) {
      throw new FormatError(
        `${checkpoint.where}: expected one tensor for ${plain}, got ${other.name} and ${name}`,
      );
    }
    tensors.set(plain, info);
  }
  return { tensors, leftOut };
}
