/** A repository of the Hugging Face Hub, through the cache that Python's client shares. */
import { OptionError, SourceError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { openFileSource } from '../file-source-node.ts';
import { type Repository, type RepositoryOptions, warn } from '../repository.ts';
import { downloadBlob, isOfFileSystem } from './download-blob-node.ts';
import { type CachedFile, HubCache } from './hub-cache-node.ts';
import { type AbsentFile, COMMIT, type HubFileInfo, hubFileInfo } from './hub-file-info.ts';
import { hubNames } from './hub-names.ts';
import { BusyError, type HubRequest, RevisionError, UnansweredError } from './hub-request.ts';
import { hubSettings } from './hub-settings-node.ts';
import { waitToRetry } from './wait-to-retry-node.ts';

/** A branch, tag or commit; it becomes part of a path. */
const REVISION = /^(?!.*\.\.)[\w][\w./-]*$/;

/**
 * All files come from the commit that the revision stood for at the first one.
 *
 * Where the Hub gives no answer, or refuses, and the cache has the file, that one is taken and a warning says so.
 *
 * @param id owner and name
 * @throws OptionError if the revision can't be one
 */
export function hubRepository(id: string, options: RepositoryOptions): Repository {
  const { revision = 'main', onProgress, signal, fetch: get = fetch } = options;
  if (!REVISION.test(revision)) {
    throw new OptionError(`${id}: revision must be a branch, tag or commit, got ${shown(revision)}`);
  }
  const { cacheDir, offline, ...settings } = hubSettings(options);
  const cache = new HubCache(cacheDir, id);
  let commit = COMMIT.test(revision) ? revision : undefined;
  /** why the Hub is not asked any more */
  let silence: SourceError | undefined;

  async function cached(file: string): Promise<string | undefined> {
    const known = await cache.commitOf(revision);
    if (known === undefined) {
      throw new SourceError(
        `${id}: expected revision ${revision} in ${cache.folder}, got nothing, and there is no folder ${id} here; allow the network to download it`,
      );
    }
    const found = await cache.find(known, file);
    if (found.state === 'unknown') {
      warn(options, `${id}: ${file} is not in the cache; offline, it is taken to be absent from the Hub too`);
    }
    return pathOf(found);
  }

  async function fetched(file: string): Promise<string | undefined> {
    if (commit !== undefined) {
      const found = await cache.find(commit, file);
      if (found.state !== 'unknown') return pathOf(found);
    }
    const info = await ask(file);
    if ('state' in info) return pathOf(info);
    commit ??= info.commit;
    if (info.commit !== undefined) await ifWritable(cache.setCommit(revision, info.commit));
    if (info.etag === undefined) {
      if (info.commit !== undefined) await ifWritable(cache.setAbsent(info.commit, file));
      return undefined;
    }
    const found = await cache.find(info.commit, file);
    if (found.state === 'here') return found.path;
    if ((await cache.findBlob(info.etag)) === undefined) {
      await downloadBlob(request(), file, info, await cache.blobPath(info.etag), onProgress);
    }
    const linked = await ifWritable(cache.link(info.commit, file, info.etag));
    return linked ?? cache.findBlob(info.etag);
  }

  /** What the Hub says of a file, or, where it says nothing, what the cache has. */
  async function ask(file: string): Promise<HubFileInfo | AbsentFile | CachedFile> {
    for (let attempt = 1; ; attempt++) {
      try {
        if (silence !== undefined) throw silence;
        return await hubFileInfo(request(), file);
      } catch (error) {
        if (!(error instanceof SourceError) || error instanceof RevisionError) throw error;
        const known = commit ?? (await cache.commitOf(revision));
        const found = known === undefined ? undefined : await cache.find(known, file);
        if (known !== undefined && found !== undefined && found.state !== 'unknown') {
          if (silence === undefined) {
            const why = error.message.replace(`${id}/${file}`, id);
            warn(options, `${why}; going on with the copy in ${cache.folder}, commit ${known}`);
          }
          silence = error;
          commit = known;
          return found;
        }
        if (error instanceof UnansweredError) throw withoutCopy(error, known !== undefined);
        if (silence !== undefined || !(error instanceof BusyError)) throw error;
        if (!(await waitToRetry(attempt, error, signal))) throw error;
      }
    }
  }

  function withoutCopy(error: UnansweredError, isKnown: boolean): SourceError {
    const remedy = isKnown
      ? 'set HF_HUB_OFFLINE=1 to go on without what is not in the cache'
      : `there is no copy in ${cache.folder}, and no folder ${id} here either`;
    return new SourceError(`${error.message}; ${remedy}`, { cause: error });
  }

  function request(): HubRequest {
    return { ...settings, id, revision: commit ?? revision, fetch: get, signal };
  }

  return {
    where: id,
    async open(file) {
      const path = await (offline ? cached(file) : fetched(file)).catch((error: unknown) => {
        if (!isOfFileSystem(error)) throw error;
        const remedy = /^E(ACCES|PERM|ROFS)$/.test(error.code)
          ? 'it can not be written: choose another cache folder, with HF_HUB_CACHE'
          : 'choose another cache folder, with HF_HUB_CACHE, or free some space';
        throw new SourceError(
          `${id}/${file}: expected to keep it in ${cache.folder}, got ${error.code}; ${remedy}`,
          { cause: error },
        );
      });
      return path === undefined ? undefined : openFileSource(path, `${id}/${file}`);
    },
    async list(folder = '') {
      const known = commit ?? (await cache.commitOf(revision));
      const kept = known === undefined ? [] : await cache.list(known, folder);
      return offline || silence !== undefined ? kept : ((await hubNames(request(), folder)) ?? kept);
    },
  };
}

function pathOf(found: CachedFile): string | undefined {
  return found.state === 'here' ? found.path : undefined;
}

/** A cache that can be read only still serves; what has to be kept in it fails elsewhere. */
async function ifWritable<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isOfFileSystem(error)) return undefined;
    throw error;
  }
}
