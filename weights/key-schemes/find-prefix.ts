/** What stands before the names of the model, among all names of a file. */
import { FormatError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';

/** Prefixes that a message lists. */
const LISTED = 10;

/**
 * Finds the prefix of the model.
 *
 * @param names without what frameworks put into them
 * @param anchors names that every model has once; the first group is what stands before them
 * @param prefersNone whether the prefix is the empty one where that is among several, as behind one that was asked for
 * @returns ends in a dot, or is empty, as it is where no name of a model is found
 * @throws FormatError listing them if there are several
 */
export function findPrefix(
  names: readonly string[],
  anchors: readonly RegExp[],
  where: string,
  prefersNone: boolean,
): string {
  for (const anchor of anchors) {
    const found = new Set(names.flatMap((name) => anchor.exec(name)?.[1] ?? []));
    const [only = '', ...others] = found;
    if (others.length === 0 && found.size === 0) continue;
    if (others.length === 0 || (prefersNone && found.has(''))) return others.length === 0 ? only : '';
    const listed = [...found].slice(0, LISTED).map((prefix) => shown(prefix));
    throw new FormatError(
      `${where}: expected one model, got ${found.size}, whose names begin with ${listed.join(', ')}; choose one with the option prefix (--prefix)`,
    );
  }
  return '';
}
