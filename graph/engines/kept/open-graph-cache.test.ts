/** Which folder keeps graphs, how much it may hold, and which of its graphs are deleted by name. */
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { deleteKeptGraphs, listKeptGraphs } from './kept-graphs.ts';
import { openGraphCache } from './open-graph-cache-node.ts';

const HUB = { HF_HOME: '/hub', HF_HUB_CACHE: '/elsewhere' };

test.each<[string, Parameters<typeof openGraphCache>, string]>([
  ['the home of the Hub', [{}, HUB], '/hub/dinov2-tfjs'],
  ['the cache that was chosen', [{ cacheDir: '/chosen' }, HUB], '/chosen/dinov2-tfjs'],
  ['the environment', [{ cacheDir: '/chosen' }, { ...HUB, DINOV2_GRAPH_CACHE_DIR: '/env' }], '/env'],
  ['the environment, with variables', [{}, { DINOV2_GRAPH_CACHE_DIR: '$A/graphs', A: '/a' }], '/a/graphs'],
  ['the option', [{ graphCacheDir: '/own' }, { ...HUB, DINOV2_GRAPH_CACHE_DIR: '/env' }], '/own'],
  ["the user's folder", [{ graphCacheDir: '~/graphs' }, HUB], join(homedir(), 'graphs')],
])('the folder is that of %s', (_, given, folder) => {
  expect(openGraphCache(...given).folder).toBe(folder);
});

test('a size that is none is refused by the name of what gave it, the option first', () => {
  const env = { DINOV2_GRAPH_CACHE_SIZE: 'much' };
  expect(() => openGraphCache({}, env)).toThrow('DINOV2_GRAPH_CACHE_SIZE: expected a size such as 5GB');
  expect(() => openGraphCache({ graphCacheSize: 'more' }, env)).toThrow('graphCacheSize: expected a size');
  expect(openGraphCache({ graphCacheSize: '1GB' }, env)).toBeDefined();
  expect(openGraphCache({}, { DINOV2_GRAPH_CACHE_SIZE: '' })).toBeDefined();
});

test('graphs are deleted by the model, its folder or all, and no others whose names begin alike', async () => {
  const graphCacheDir = mkdtempSync(join(tmpdir(), 'dinov2-graphs-'));
  const place = { graphCacheDir };
  const cache = openGraphCache(place);
  const models = ['owner/model', 'owner/model/model.safetensors', 'owner/model-large/model.safetensors'];
  for (const model of models) {
    const note = { model, architecture: 'Dinov2Model', graph: 'pixel_values' };
    await cache.add(cache.keyOf({ model }), note, (path) => writeFile(path, model));
  }
  const left = async (): Promise<string[]> => (await listKeptGraphs(place)).map(({ model }) => model).sort();
  expect(await deleteKeptGraphs('owner/mod', place)).toEqual([]);
  expect(await deleteKeptGraphs('owner/model/', place)).toHaveLength(2);
  expect(await left()).toEqual(models.slice(2));
  // every absolute path begins with an empty folder's
  for (const empty of ['', ' ', '/']) {
    await expect(deleteKeptGraphs(empty, place)).rejects.toThrow(
      'deleteKeptGraphs: expected a model as it was named',
    );
  }
  expect(await deleteKeptGraphs(undefined, place)).toHaveLength(1);
  expect(await left()).toEqual([]);
  rmSync(graphCacheDir, { recursive: true });
});
