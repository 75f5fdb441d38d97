/** Files below a URL, read by range requests. */
import { SourceError } from '../../errors/errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { memorySource } from '../byte-source.ts';
import type { Repository, RepositoryOptions } from './repository.ts';

/**
 * @param url a `.safetensors` file, or a place that files are below
 */
export function urlRepository(url: URL, { fetch: get = fetch, signal }: RepositoryOptions): Repository {
  const isFile = url.pathname.endsWith('.safetensors');
  const base = new URL(url);
  if (!isFile && !base.pathname.endsWith('/')) base.pathname += '/';
  const request = async (target: URL, headers: Record<string, string>): Promise<Response> => {
    try {
      return await get(target, { headers, ...(signal && { signal }) });
    } catch (error) {
      if (signal?.aborted) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new SourceError(`${target.href}: expected an answer, got ${reason}`, { cause: error });
    }
  };
  return {
    where: url.href,
    weightsFile: isFile ? url.pathname.split('/').at(-1) : undefined,
    async open(file) {
      const target = new URL(file, base);
      const first = await request(target, { Range: 'bytes=0-0' });
      if (first.status === 404) {
        await first.body?.cancel();
        return undefined;
      }
      if (!first.ok) {
        await first.body?.cancel();
        throw new SourceError(`${target.href}: expected status 200, got ${first.status} ${first.statusText}`);
      }
      const total = /\/(\d+)$/.exec(first.headers.get('Content-Range') ?? '')?.[1];
      if (first.status !== 206 || total === undefined) {
        // a server without ranges: the whole file stands in memory
        return memorySource(new Uint8Array(await first.arrayBuffer()));
      }
      await first.body?.cancel();
      return rangeSource(target, Number(total), request);
    },
    list: async () => undefined,
  };
}

function rangeSource(
  target: URL,
  size: number,
  request: (target: URL, headers: Record<string, string>) => Promise<Response>,
): ByteSource {
  return {
    size,
    async read(offset, length) {
      if (length === 0) return new Uint8Array(0);
      const response = await request(target, { Range: `bytes=${offset}-${offset + length - 1}` });
      const bytes = response.status === 206 ? new Uint8Array(await response.arrayBuffer()) : undefined;
      if (bytes?.byteLength !== length) {
        throw new SourceError(
          `${target.href}: expected ${length} bytes at ${offset}, got status ${response.status} with ${bytes?.byteLength ?? 'other'} bytes`,
        );
      }
      return bytes;
    },
    close: async () => undefined,
  };
}
