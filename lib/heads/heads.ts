/** The list of heads. */
import type { Checkpoint } from '../../weights/checkpoint.ts';
import type { HeadNames } from '../../weights/key-schemes/key-scheme.ts';
import type { Head } from './head.ts';
import { LINEAR_HEAD } from './linear/head.ts';

/** Every head that may stand on a backbone; of those with one scope, the first stands for weights that fit none. */
export const HEADS: readonly Head[] = [LINEAR_HEAD];

/** The head that a file of its own holds, for a backbone of the given width, or the first, which says what it expected. */
export function headOfFile(file: Pick<Checkpoint, 'tensors'>, width: number): Head {
  return HEADS.find((head) => head.isFile?.(file, width)) ?? LINEAR_HEAD;
}

/** Whether a weight is a head's, by our name. */
export function isOfHead(name: string, { scope }: Pick<HeadNames, 'scope'>): boolean {
  return name.startsWith(`${scope}.`);
}

/** The head that a weight belongs to, by our name: the known one, or the first with its scope; undefined if it is the backbone's. */
export function headOf(name: string, known?: HeadNames): HeadNames | undefined {
  return known !== undefined && isOfHead(name, known) ? known : HEADS.find((head) => isOfHead(name, head));
}
