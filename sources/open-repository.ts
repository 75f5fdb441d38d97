/** Opening the repository that a user's source stands for. */
import { isBuffer } from '../bytes/bytes-of.ts';
import { isBlob, isUrl, tagOf } from '../bytes/tag-of.ts';
import { OptionError, SourceError } from '../errors/errors.ts';
import { shown } from '../errors/shown.ts';
import { isNode } from '../platform/is-node.ts';
import { HUB, type HubAddress, hubAddress, hubFileUrl } from './hub/hub-address.ts';
import type { ModelSource } from './model-source.ts';
import { observed } from './observed.ts';
import { memoryRepository, type Repository, type RepositoryOptions } from './repository.ts';
import { urlRepository } from './url/url-repository.ts';
import { within } from './within.ts';

/**
 * Finds the repository a source stands for.
 *
 * @param source a folder, a `.safetensors` or `.pth` file, a URL, a Hub id such as `facebook/dinov2-base`, the address of a page of the Hub, or files in memory
 * @throws SourceError naming what was tried; OptionError if an option contradicts it
 */
export async function openRepository(
  source: ModelSource,
  options: RepositoryOptions = {},
): Promise<Repository> {
  return within(await find(source, options), options.subfolder ?? '');
}

async function find(source: ModelSource, options: RepositoryOptions): Promise<Repository> {
  if (typeof source !== 'string' && !isUrl(source)) {
    if (ArrayBuffer.isView(source) || isBuffer(source) || isBlob(source)) {
      throw new SourceError(
        `source: expected files in memory by their names, got a ${tagOf(source)}; pass { 'model.safetensors': it }`,
      );
    }
    if (isLoaded(source)) {
      throw new SourceError(
        'source: expected a folder, a file, a URL, a Hub id or files in memory, got a model that is loaded; give what it was loaded from',
      );
    }
    if (typeof source === 'object' && source !== null) {
      return observed(await holding(memoryRepository(source), options), options);
    }
    throw new SourceError(
      `source: expected a folder, a file, a URL, a Hub id or files in memory, got ${shown(source)}`,
    );
  }
  if (isNode() && !/^(https?|hf):\/\//i.test(String(source))) {
    const { folderRepository } = await import('#node/sources/folder-repository');
    const folder = await folderRepository(source);
    if (folder !== undefined) return observed(await holding(folder, options), options);
    const { missingFolder } = await import('#node/sources/missing-folder');
    const missing = await missingFolder(String(source).trim());
    if (missing !== undefined) throw missing;
  }
  return openRemote(String(source).trim(), await withFetch(options));
}

/** Whether it is a model: it has a `forward`, which no set of files has. */
function isLoaded(source: unknown): boolean {
  return typeof (source as { forward?: unknown } | null)?.forward === 'function';
}

/** A repository that is here, once it has been seen to have the folder that is asked for. */
async function holding(repository: Repository, { subfolder = '' }: RepositoryOptions): Promise<Repository> {
  if (subfolder !== '') await within(repository, subfolder).list();
  return repository;
}

/** The weights that a `blob:` URL is of: no other file stands beside an object in memory. */
async function objectRepository(url: string, { fetch: get = fetch }: RepositoryOptions): Promise<Repository> {
  const blob = await get(url).then(
    (response) => response.blob(),
    () => undefined,
  );
  if (blob !== undefined) return memoryRepository({ 'model.safetensors': blob });
  throw new SourceError(
    `${url}: expected the URL of an object of this page, got one that is revoked or of another`,
  );
}

async function openRemote(source: string, options: RepositoryOptions): Promise<Repository> {
  const endpoint = isNode() ? (await import('#node/sources/hub/hub-settings')).hubEndpoint() : HUB;
  const address = hubAddress(source, endpoint);
  if (address !== undefined) return openHub(address, revised(source, address, options));
  if (/^blob:/i.test(source)) return observed(await objectRepository(source, options), options);
  if (/^https?:/i.test(source) && URL.canParse(source)) {
    return openUrl(new URL(source), await withOffline(options));
  }
  const isName = /^\w[\w.-]*$/.test(source);
  throw new SourceError(
    `${source}: expected a folder, a .safetensors or .pth file, a URL or a Hub id such as facebook/dinov2-base, got none of them${isName ? `; a Hub id has an owner, as in facebook/${source}` : ''}`,
  );
}

async function openHub({ id, folder, file }: HubAddress, options: RepositoryOptions): Promise<Repository> {
  if (isNode()) {
    const { hubRepository } = await import('#node/sources/hub/hub-repository');
    const downloaded = new Set<string>();
    const onProgress: RepositoryOptions['onProgress'] = (progress) => {
      downloaded.add(progress.file);
      options.onProgress?.(progress);
    };
    const hub = hubRepository(id, { ...options, ...(options.onProgress && { onProgress }) });
    return within(
      observed(hub, options, (name) => downloaded.has(name)),
      folder,
      file,
    );
  }
  const { revision = 'main', token } = options;
  const base = hubFileUrl({ endpoint: HUB, id, revision }, '');
  return within(openUrl(base, options, token), folder, file);
}

/** Progress is that of the requests. */
function openUrl(url: URL, options: RepositoryOptions, token?: string): Repository {
  return observed(urlRepository(url, options, token), { signal: options.signal });
}

/** The options with what the environment says of the network. */
async function withOffline(options: RepositoryOptions): Promise<RepositoryOptions> {
  if (!isNode()) return options;
  const { hubSettings } = await import('#node/sources/hub/hub-settings');
  return { ...options, offline: hubSettings(options).offline };
}

/** The options with the revision of an address. */
function revised(source: string, { revision }: HubAddress, options: RepositoryOptions): RepositoryOptions {
  if (revision === undefined) return options;
  if (options.revision !== undefined && options.revision !== revision) {
    throw new OptionError(
      `${source}: revision: expected none beside the one in the address, got ${shown(options.revision)}`,
    );
  }
  return { ...options, revision };
}

/** The options with a `fetch` that goes through the proxy of the environment. */
async function withFetch(options: RepositoryOptions): Promise<RepositoryOptions> {
  if (!isNode() || options.fetch !== undefined) return options;
  const { proxyFetch } = await import('#node/sources/proxy-fetch');
  return { ...options, fetch: await proxyFetch() };
}
