/** A repository of the Hugging Face Hub, through the cache that Python's client shares. */
import { OptionError, SourceError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { openFileSource } from '../file-source-node.ts';
import { downloadBlob, isOfFileSystem } from '../hub/download-blob-node.ts';
import { HubCache } from '../hub/hub-cache-node.ts';
import { COMMIT, type HubRequest, hubFileInfo } from '../hub/hub-file-info.ts';
import { hubSettings } from '../hub/hub-settings-node.ts';
import type { Repository, RepositoryOptions } from './repository.ts';

/** A branch, tag or commit; it becomes part of a path. */
const REVISION = /^(?!.*\.\.)[\w][\w./-]*$/;

/**
 * @param id owner and name
 * @throws OptionError if the revision can't be one
 */
export function hubRepository(id: string, options: RepositoryOptions): Repository {
  const { revision = 'main', onProgress, signal, fetch: get = fetch } = options;
  if (!REVISION.test(revision)) {
    throw new OptionError(`${id}: revision must be a branch, tag or commit, got ${shown(revision)}`);
  }
  const { endpoint, cacheDir, token, offline } = hubSettings(options);
  const cache = new HubCache(cacheDir, id);
  const request: HubRequest = { endpoint, id, revision, token, fetch: get, signal };

  async function cached(file: string): Promise<string | undefined> {
    const commit = await cache.commitOf(revision);
    if (commit === undefined) {
      throw new SourceError(
        `${id}: expected revision ${revision} in ${cache.folder}, got nothing; allow the network to download it`,
      );
    }
    return cache.find(commit, file);
  }

  async function fetched(file: string): Promise<string | undefined> {
    if (COMMIT.test(revision)) {
      const found = await cache.find(revision, file);
      if (found !== undefined) return found;
    }
    const info = await hubFileInfo(request, file);
    if (info === undefined) return undefined;
    await cache.setCommit(revision, info.commit);
    const found = await cache.find(info.commit, file);
    if (found !== undefined) return found;
    if (!(await cache.hasBlob(info.etag))) {
      await downloadBlob(request, file, info, await cache.blobPath(info.etag), onProgress);
    }
    return cache.link(info.commit, file, info.etag);
  }

  return {
    where: id,
    async open(file) {
      const path = await (offline ? cached(file) : fetched(file)).catch((error: unknown) => {
        if (!isOfFileSystem(error)) throw error;
        throw new SourceError(
          `${id}/${file}: expected to keep it in ${cache.folder}, got ${error.code}; choose another cache folder or free some space`,
          { cause: error },
        );
      });
      return path === undefined ? undefined : openFileSource(path, `${id}/${file}`);
    },
    list: async () => undefined,
  };
}
