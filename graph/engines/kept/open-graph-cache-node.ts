/** The folder of graphs that options and the environment name. */
import { join } from 'node:path';
import { expandHome, expandPath } from '../../../sources/hub/expand-path-node.ts';
import { hubSettings } from '../../../sources/hub/hub-settings-node.ts';
import type { RepositoryOptions } from '../../../sources/repository.ts';
import { parseSize } from '../../../weights/write/parse-size.ts';
import { GraphCache } from './graph-cache-node.ts';
import type { GraphCacheOptions } from './graph-cache-options.ts';

const NAME = 'dinov2-tfjs';
const DEFAULT_SIZE = '5GB';

/** Where graphs are kept, and who is told if they can't be. */
export type GraphCachePlace = Omit<GraphCacheOptions, 'graphCache'> &
  Pick<RepositoryOptions, 'cacheDir' | 'onWarning'>;

/**
 * The cache of graphs; nothing is read or made yet. A folder without a name counts as absent.
 *
 * @throws OptionError if the size is none
 */
export function openGraphCache(
  place: GraphCachePlace,
  // not NodeJS.ProcessEnv, as the types of pages reach this file
  env: Readonly<Record<string, string | undefined>> = process.env,
): GraphCache {
  const [folder, size] = [env.DINOV2_GRAPH_CACHE_DIR, env.DINOV2_GRAPH_CACHE_SIZE];
  const { cacheDir, graphCacheDir, graphCacheSize, onWarning = console.warn } = place;
  const where = graphCacheSize === undefined && size ? 'DINOV2_GRAPH_CACHE_SIZE' : 'graphCacheSize';
  const bytes = parseSize(graphCacheSize ?? (size || DEFAULT_SIZE), where);
  return new GraphCache(folderOf(), bytes, onWarning);

  function folderOf(): string {
    if (graphCacheDir) return expandHome(graphCacheDir);
    if (folder) return expandPath(folder, env);
    const settings = hubSettings({ cacheDir }, env);
    return join(cacheDir ? settings.cacheDir : settings.home, NAME);
  }
}
