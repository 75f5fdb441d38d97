/** Files below a URL. */
import { escapedPath } from '../escaped-path.ts';
import { openPageCache, type PageCache } from '../kept/page-cache.ts';
import { type Repository, type RepositoryOptions, warn } from '../repository.ts';
import { WEIGHTS_ENDING } from '../weights-ending.ts';
import { openUrlFile } from './open-url-file.ts';

/**
 * Files below a URL, read by few large requests, and kept for the next visit where the page may.
 *
 * @param url a `.safetensors`, `.bin`, `.pth` or `.pt` file, with a query where it needs one, or a place that files are below
 * @param token of the Hub, if that is where it leads; none is sent otherwise
 */
export function urlRepository(url: URL, options: RepositoryOptions, token?: string): Repository {
  const isFile = WEIGHTS_ENDING.test(url.pathname);
  const base = new URL(url);
  if (!isFile && !base.pathname.endsWith('/')) base.pathname += '/';
  const weightsFile = isFile ? url.pathname.split('/').at(-1) : undefined;
  let cache: Promise<PageCache | undefined> | undefined;
  return {
    where: url.href,
    weightsFile,
    async open(file) {
      const target = new URL(file === weightsFile ? url : new URL(escapedPath(file), base));
      target.hash = '';
      cache ??= cacheFor(url, options);
      const place = new URL('.', base).href;
      return openUrlFile({ target, file, place, cache: await cache, options, token });
    },
    list: async () => undefined,
  };
}

async function cacheFor({ href, protocol }: URL, options: RepositoryOptions): Promise<PageCache | undefined> {
  if (options.cache === false || !/^https?:$/.test(protocol)) return undefined;
  const cache = await openPageCache();
  if (cache === undefined && options.cache === true) {
    const reason =
      globalThis.isSecureContext === false ? 'one that is not secure; serve it by https' : 'none';
    warn(options, `${href}: cache: expected a page that may keep files, got ${reason}`);
  }
  return cache;
}
