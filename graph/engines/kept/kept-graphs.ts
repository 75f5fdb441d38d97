/** What is kept of compiled models between starts: listing and deleting it. */
import { OptionError } from '../../../errors/errors.ts';
import { shown } from '../../../errors/shown.ts';
import { isNode } from '../../../platform/is-node.ts';
import type { KeptGraph } from './graph-entry-node.ts';
import type { GraphCachePlace } from './open-graph-cache-node.ts';

/**
 * Lists the graphs that `compilePretrained` has kept.
 *
 * @param place the options that say where, as they were given to `compilePretrained`
 * @returns the one that was used last first; none in browsers, where none are kept
 */
export async function listKeptGraphs(place: GraphCachePlace = {}): Promise<KeptGraph[]> {
  return (await cacheOf(place))?.list() ?? [];
}

/**
 * Deletes graphs that `compilePretrained` has kept. Programs that are using one go on.
 *
 * @param source a model as it was named, such as a Hub id or a folder; default all models
 * @param place as of `listKeptGraphs`
 * @returns what was deleted
 * @throws OptionError if the source is empty
 */
export async function deleteKeptGraphs(
  source?: string | URL,
  place: GraphCachePlace = {},
): Promise<KeptGraph[]> {
  const model = source === undefined ? undefined : String(source).trim().replace(/\/$/, '');
  if (model === '') {
    throw new OptionError(
      `deleteKeptGraphs: expected a model as it was named, got ${shown(source)}; leave it out to delete the graphs of all`,
    );
  }
  const isChosen = (graph: KeptGraph) =>
    model === undefined || graph.model === model || graph.model.startsWith(`${model}/`);
  return (await cacheOf(place))?.delete(isChosen) ?? [];
}

async function cacheOf(place: GraphCachePlace) {
  if (!isNode()) return undefined;
  const { openGraphCache } = await import('#node/graph/engines/kept/open-graph-cache');
  return openGraphCache(place);
}
