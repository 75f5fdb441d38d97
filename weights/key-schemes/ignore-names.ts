/** Names of tensors that a user has no use for. */
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { withoutWrappers } from './plain-names.ts';

/** Tensors to leave out where they are unexpected: all of them, or by globs over their names in the file. */
export type IgnoreUnexpected = boolean | string | readonly string[];

/** More than this is no list that anybody types. */
const PROPOSED = 5;

/** A glob as an expression: `*` is any text, dots included, and `?` any character. */
function expressionOf(glob: string): RegExp {
  const escaped = glob.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('\\*', '.*').replaceAll('\\?', '.')}$`, 's');
}

/**
 * What says of a name whether it may be left out.
 *
 * @throws OptionError if the option is neither a truth value, a glob nor a list of globs
 */
export function ignoring(option: IgnoreUnexpected = false): (name: string) => boolean {
  if (typeof option === 'boolean') return () => option;
  const globs: readonly unknown[] = Array.isArray(option) ? option : [option];
  const expressions = globs.map((glob) => {
    if (typeof glob === 'string') return expressionOf(glob);
    throw new OptionError(
      `ignoreUnexpected: expected true, or globs such as fc.* over names in the file, got ${shown(option)}`,
    );
  });
  return (name) => expressions.some((expression) => expression.test(name));
}

/**
 * How to load a model without its unexpected tensors, for an error message: a glob for each first part of their names, or
 * one for all.
 *
 * @param prefix what stands before the names of the model, without wrappers
 * @param ofNetwork names within the network
 * @returns undefined if some stand within the network, which would be another one without them
 */
export function ignoreRemedy(
  unexpected: readonly string[],
  prefix: string,
  ofNetwork: RegExp,
): string | undefined {
  const globs = new Set<string>();
  for (const name of unexpected) {
    const bare = withoutWrappers(name);
    const isBehind = bare.startsWith(prefix);
    const own = isBehind ? bare.slice(prefix.length) : bare;
    if (isBehind && ofNetwork.test(own)) return undefined;
    const before = name.endsWith(own) ? name.slice(0, -own.length) : '';
    const rest = name.slice(before.length);
    globs.add(rest.includes('.') ? `${before}${rest.split('.', 1)[0]}.*` : name);
  }
  if (globs.size === 0) return undefined;
  const proposed = globs.size > PROPOSED ? ['*'] : [...globs];
  const quoted = proposed.map((glob) => `'${glob}'`);
  return `to load the rest without them, set ignoreUnexpected to [${quoted.join(', ')}] (--ignore ${quoted.join(' ')})`;
}
