/** The containers of tensors in a torch file, and their keys. */
import { PickleDict, PickleOpaque, type PickleValue } from './pickle/values.ts';
import { dictsOf, isTensor } from './tensor-dicts.ts';

/** What is listed; a file may have millions of containers. */
const MAX_PATHS = 100;
const MAX_DEPTH = 8;
const MAX_PATH_LENGTH = 1024;

/** Keys and values of a dict, or of an object whose class is derived from `dict`; undefined for all else. */
export function entriesOf(value: PickleValue | undefined): ReadonlyMap<PickleValue, PickleValue> | undefined {
  const dict = value instanceof PickleOpaque ? value.items : value;
  return dict instanceof PickleDict ? dict.entries : undefined;
}

/**
 * The ways to all containers that have tensors directly in them, and to whole modules, in the order of the file; the
 * first hundred of them. Keys that are no text, as those of an optimizer's state, lead to no container.
 *
 * @param holding the dicts that hold tensors at any depth
 */
export function containerPaths(root: PickleValue, holding: ReadonlySet<PickleDict>): string[] {
  const paths: string[] = [];
  const seen = new Set<PickleDict>();
  const visit = (value: PickleValue, path: string, depth: number): void => {
    const dicts = dictsOf(value).filter((dict) => holding.has(dict) && !seen.has(dict));
    if (dicts.length === 0 || paths.length >= MAX_PATHS) return;
    if (depth > MAX_DEPTH || path.length > MAX_PATH_LENGTH) return;
    for (const dict of dicts) seen.add(dict);
    const entries = entriesOf(value);
    const isContainer = entries === undefined || [...entries.values()].some(isTensor);
    if (isContainer && path !== '') paths.push(path);
    for (const [key, inner] of entries ?? []) {
      if (typeof key === 'string') visit(inner, path === '' ? key : `${path}.${key}`, depth + 1);
    }
  };
  visit(root, '', 0);
  return paths;
}

/**
 * The value at the end of a way of keys.
 *
 * @param path keys joined by dots; a key may itself have dots
 */
export function containerAt(root: PickleValue, path: string): PickleValue | undefined {
  const entries = entriesOf(root);
  if (entries === undefined) return undefined;
  if (entries.has(path)) return entries.get(path);
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const inner = entries.get(path.slice(0, dot));
    const found = inner === undefined ? undefined : containerAt(inner, path.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}
