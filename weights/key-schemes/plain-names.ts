/** Names without what frameworks and training code put around them. */
import { FormatError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { STUDENT, TEACHER } from '../teacher-student.ts';
import { findPrefix } from './find-prefix.ts';
import type { FamilyNames } from './key-scheme.ts';

/** What DDP, `torch.compile`, FSDP, activation checkpointing and DeepSpeed put into names, wherever a module was wrapped. */
const WRAPPERS =
  /(?<=^|\.)(?:(?:module|_orig_mod|_fsdp_wrapped_module|_fpw_module|_checkpoint_wrapped_module|_forward_module)\.)+/g;

/** The two networks of a training run, behind whatever was put in front of both. */
const OF_TEACHER = new RegExp(`(^|\\.)${TEACHER}\\.`);
const OF_STUDENT = new RegExp(`(^|\\.)${STUDENT}\\.`);

/** What the names of a file are. */
export interface PlainNames {
  /** names in the file of what may belong to a model, and what they are without prefixes and chunks */
  readonly plain: ReadonlyMap<string, string>;
  /** names in the file of what only training needs: its heads, and the student where there is a teacher */
  readonly leftOut: readonly string[];
  /** names in the file of what stands outside of the prefix */
  readonly outside: readonly string[];
  /** what stands before the names of the model, without wrappers; ends in a dot, or is empty */
  readonly prefix: string;
}

/** A name without what wrappers of modules put into it. */
export function withoutWrappers(name: string): string {
  return name.replace(WRAPPERS, '');
}

/** A name behind known modules, such as `backbone.`, as the rows of key schemes have it. */
export function ownName(name: string, family: Pick<FamilyNames, 'modules' | 'spellings'>): string {
  return respelled(name.replace(family.modules, ''), family);
}

function respelled(name: string, { spellings }: Pick<FamilyNames, 'spellings'>): string {
  return spellings.reduce((text, [from, to]) => text.replace(from, to), name);
}

/**
 * Takes wrappers, prefixes, chunks, and what only training needs off the names of a file.
 *
 * Whatever stands before the model's CLS token is its prefix. Beside a prefix of known modules, such as `backbone.`, there may
 * be a classifier; beside any other, nothing belongs to the model.
 *
 * @param names as they stand in the file
 * @param family whose names are looked for
 * @param asked the prefix to look behind, where the caller knows it
 * @throws FormatError if there are several models to choose from, or none behind the prefix
 */
export function plainNames(
  names: Iterable<string>,
  family: FamilyNames,
  where: string,
  asked?: string,
): PlainNames {
  const { anchors, modules, ofTraining } = family;
  const start = withoutWrappers(asked === undefined || asked === '' ? '' : `${asked.replace(/\.$/, '')}.`);
  const bare = new Map<string, string>();
  const outside: string[] = [];
  for (const name of names) {
    const unwrapped = withoutWrappers(name);
    if (unwrapped.startsWith(start)) bare.set(name, unwrapped.slice(start.length));
    else outside.push(name);
  }
  if (bare.size === 0 && outside.length > 0) {
    throw new FormatError(
      `${where}: expected tensors whose names begin with the prefix ${shown(start)}, got ${outside.slice(0, 10).join(', ')}`,
    );
  }
  const leftOut = studentsOf(bare);
  for (const name of leftOut) bare.delete(name);
  const found = findPrefix([...bare.values()], anchors, where, asked !== undefined);
  const isKnown = found.replace(modules, '') === '';
  const plain = new Map<string, string>();
  for (const [name, rest] of bare) {
    const isInside = isKnown || rest.startsWith(found);
    const own = isKnown || !isInside ? ownName(rest, family) : respelled(rest.slice(found.length), family);
    if (ofTraining.test(own)) leftOut.push(name);
    else if (isInside) plain.set(name, own);
    else outside.push(name);
  }
  return { plain, leftOut, outside, prefix: start + found };
}

function studentsOf(bare: ReadonlyMap<string, string>): string[] {
  const names = [...bare];
  if (!names.some(([, name]) => OF_TEACHER.test(name))) return [];
  return names.filter(([, name]) => OF_STUDENT.test(name)).map(([name]) => name);
}
