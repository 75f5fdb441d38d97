/** Files below a URL, read by range requests. */
import { SourceError } from '../errors/errors.ts';
import { type ByteSource, memorySource } from './byte-source.ts';
import { networkReason, readBody } from './read-body.ts';
import { MAX_TEXT_BYTES, type Repository, type RepositoryOptions } from './repository.ts';
import { WEIGHTS_ENDING } from './weights-ending.ts';

/** Weights of more than this can't be held whole in one array. */
const MAX_WHOLE_BYTES = 2 ** 32;

/**
 * @param url a `.safetensors`, `.bin`, `.pth` or `.pt` file, with a query where it needs one, or a place that files are below
 * @param token of the Hub, if that is where it leads; none is sent otherwise
 */
export function urlRepository(
  url: URL,
  { fetch: get = fetch, signal }: RepositoryOptions,
  token?: string,
): Repository {
  const isFile = WEIGHTS_ENDING.test(url.pathname);
  const base = new URL(url);
  if (!isFile && !base.pathname.endsWith('/')) base.pathname += '/';
  const weightsFile = isFile ? url.pathname.split('/').at(-1) : undefined;
  const authorization = { ...(token && { Authorization: `Bearer ${token}` }) };
  const request = async (target: URL, headers: Record<string, string>): Promise<Response> => {
    try {
      return await get(target, { headers: { ...headers, ...authorization }, ...(signal && { signal }) });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new SourceError(`${target.href}: expected an answer, got ${networkReason(error)}`, {
        cause: error,
      });
    }
  };
  return {
    where: url.href,
    weightsFile,
    async open(file) {
      const path = file.split('/').map(encodeURIComponent).join('/');
      const target = file === weightsFile ? url : new URL(path, base);
      const first = await request(target, { Range: 'bytes=0-0' });
      if (first.status === 404) {
        await first.body?.cancel();
        return undefined;
      }
      await requireSuccess(target, first);
      await requireNoPage(target, first);
      // a server without ranges: the whole file stands in memory
      if (first.status !== 206) return wholeFile(target, first);
      await first.body?.cancel();
      const total = /\/(\d+)$/.exec(first.headers.get('Content-Range') ?? '')?.[1];
      if (total !== undefined) return rangeSource(target, Number(total), request);
      // a page sees this header of another origin only where the server exposes it
      const whole = await request(target, {});
      await requireSuccess(target, whole);
      return wholeFile(target, whole);
    },
    list: async () => undefined,
  };
}

async function requireSuccess(target: URL, response: Response): Promise<void> {
  if (response.ok) return;
  await response.body?.cancel();
  throw new SourceError(`${target.href}: expected status 200, got ${response.status} ${response.statusText}`);
}

/** Servers of pages, development servers among them, answer so for files that they do not have. */
async function requireNoPage({ href }: URL, response: Response): Promise<void> {
  if (!/^text\/html\b/i.test(response.headers.get('Content-Type') ?? '')) return;
  await response.body?.cancel();
  const remedy = /^https:\/\/github\.com\/.*\/blob\//.test(href)
    ? 'put /raw/ in place of /blob/ in its address'
    : 'is the file there, and is this its own address?';
  throw new SourceError(`${href}: expected a file, got a web page (text/html); ${remedy}`);
}

async function wholeFile({ href, pathname }: URL, response: Response): Promise<ByteSource> {
  const limit = WEIGHTS_ENDING.test(pathname) ? MAX_WHOLE_BYTES : MAX_TEXT_BYTES;
  return memorySource(await readBody(response, href, limit));
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
      const expected = `${target.href}: expected ${length} bytes at ${offset}`;
      const range = response.headers.get('Content-Range');
      if (response.status !== 206 || !range?.startsWith(`bytes ${offset}-`)) {
        await response.body?.cancel();
        const got = response.status === 206 ? (range ?? 'no Content-Range') : `status ${response.status}`;
        throw new SourceError(`${expected}, got ${got}`);
      }
      const bytes = await readBody(response, target.href, length);
      if (bytes.byteLength !== length) throw new SourceError(`${expected}, got ${bytes.byteLength}`);
      return bytes;
    },
    close: async () => undefined,
  };
}
