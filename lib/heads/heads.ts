/** The list of heads. */
import type { Checkpoint } from '../../weights/checkpoint.ts';
import type { Head } from './head.ts';
import { LINEAR_HEAD } from './linear/head.ts';

/** Every head that may stand on a backbone. */
export const HEADS: readonly Head[] = [LINEAR_HEAD];

/** The head that a file of its own holds, or the first, which says what it expected. */
export function headOfFile(file: Pick<Checkpoint, 'tensors'>): Head {
  return HEADS.find(({ isFile }) => isFile(file)) ?? LINEAR_HEAD;
}

/** The head that a weight belongs to, by our name; undefined if it is the backbone's. */
export function headOf(name: string): Head | undefined {
  return HEADS.find(({ scope }) => name.startsWith(`${scope}.`));
}
