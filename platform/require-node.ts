/** The refusal, in browsers, of what only Node can do. */
import { SourceError } from '../errors/errors.ts';
import { isNode } from './is-node.ts';

/**
 * Refuses to write files in a browser; bundles for pages have no code that does.
 *
 * @param target the file or folder, for the error message
 * @throws SourceError
 */
export function requireNode(target: string): void {
  if (!isNode) {
    throw new SourceError(`${target}: expected Node, which can write files, got a browser; do it there`);
  }
}
