/** Sources that are meant to be of this machine, and are not there: nothing is asked of the network for them. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { closest } from '../errors/closest.ts';
import { SourceError } from '../errors/errors.ts';
import { expandHome } from './hub/expand-path-node.ts';

/** `owner/name`, which may be a repository of the Hub, or a folder in a folder. */
const PAIR = /^\w[\w.-]*\/\w[\w.-]*$/;
/** What only a path has: a dot, a slash, `~` or a drive before it, or more than one slash and no server before them. */
const PATH = /^(\.{1,2}([/\\]|$)|[/\\~]|[a-z]:[/\\])|^[^:@./\\]+[/\\][^:@]+[/\\]/i;

/**
 * The error of a source at which there is nothing, if it is a path: it looks like one, or the folder that it would be in is
 * there, as `models/` for `models/digist`.
 *
 * @returns undefined if it may be something else
 */
export async function missingFolder(source: string): Promise<SourceError | undefined> {
  if (!PAIR.test(source) && !PATH.test(source)) return undefined;
  const parent = dirname(expandHome(source));
  const names = await readdir(parent).catch(() => undefined);
  const meant = names && closest(basename(source), names);
  if (names === undefined && PAIR.test(source)) return undefined;
  const remedies = [
    ...(meant === undefined ? [] : [`did you mean ${join(dirname(source), meant)}`]),
    ...(PAIR.test(source)
      ? [`a repository of the Hub is written hf://${source} where there is a folder ${parent}`]
      : []),
  ];
  const got = names === undefined ? `no folder ${parent}` : `none of this name in ${parent}`;
  return new SourceError(
    [`${source}: expected a folder, or a .safetensors or .pth file, got ${got}`, ...remedies].join('; '),
  );
}
