/** What the Hub says about a file before it is downloaded. */
import { SourceError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { networkReason } from '../read-body.ts';

/** A file of a repository at a commit. */
export interface HubFileInfo {
  /** the commit that the revision stands for */
  commit: string;
  /** the hash of the contents: SHA-256 for large files, git's for small ones */
  etag: string;
  /** bytes */
  size: number;
}

/** How the Hub is asked. */
export interface HubRequest {
  endpoint: string;
  id: string;
  revision: string;
  token: string | undefined;
  fetch: typeof fetch;
  signal?: AbortSignal | undefined;
}

const MOVED = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 5;

/** What can stand in a path without leading anywhere else: hashes and commits do. */
export const PATH_PART = /^\w[\w.-]*$/;

/** A commit, as opposed to a branch or a tag. */
export const COMMIT = /^[0-9a-f]{40}$/;

/** The address of a file. */
export function hubFileUrl({ endpoint, id, revision }: HubRequest, file: string): URL {
  return new URL(`${endpoint}/${id}/resolve/${encodeURIComponent(revision)}/${file}`);
}

/** The headers of every request. */
export function hubHeaders({ token }: HubRequest): Record<string, string> {
  return { 'Accept-Encoding': 'identity', ...(token && { Authorization: `Bearer ${token}` }) };
}

/** What a status that is no success means, and what to do about it. */
export function statusError(where: string, response: Response, request: HubRequest): SourceError {
  const code = response.headers.get('X-Error-Code') ?? '';
  const got = `status ${response.status}${code ? ` ${code}` : ''}`;
  const remedy: Record<string, string> = {
    GatedRepo: 'ask for access on its page and set HF_TOKEN',
    RepoNotFound: 'check the id, or set HF_TOKEN if the repository is private',
    RevisionNotFound: `check the revision ${shown(request.revision)}`,
  };
  const byStatus: Record<number, string> = {
    401: 'check the id, or set HF_TOKEN if the repository is private',
    403: 'ask for access on its page and set HF_TOKEN',
    404: 'check the id and the revision',
    429: 'try again later',
  };
  const advice = remedy[code] ?? byStatus[response.status];
  return new SourceError(`${where}: expected a file, got ${got}${advice ? `; ${advice}` : ''}`);
}

/**
 * Asks for a file's commit, hash and size.
 *
 * @returns undefined if the repository has no such file
 * @throws SourceError if the repository can't be had, or the answer lacks one of the three
 */
export async function hubFileInfo(request: HubRequest, file: string): Promise<HubFileInfo | undefined> {
  const where = `${request.id}/${file}`;
  let url = hubFileUrl(request, file);
  for (let redirects = 0; ; redirects++) {
    const response = await headRequest(url, request, where);
    const { headers, status } = response;
    const location = headers.get('Location');
    const isLinked = headers.has('X-Linked-Etag');
    if (MOVED.has(status) && location !== null && !isLinked && redirects < MAX_REDIRECTS) {
      const next = new URL(location, url);
      // a renamed repository moves within the Hub; the token must not follow anywhere else
      if (next.origin !== url.origin)
        throw new SourceError(`${where}: expected a file of the Hub, got ${next.origin}`);
      url = next;
      continue;
    }
    if (status === 404 && headers.get('X-Error-Code') === 'EntryNotFound') return undefined;
    if (!response.ok && !MOVED.has(status)) throw statusError(where, response, request);
    const etag = (headers.get('X-Linked-Etag') ?? headers.get('ETag') ?? '')
      .replace(/^W\//, '')
      .replaceAll('"', '');
    const commit = headers.get('X-Repo-Commit') ?? '';
    const size = Number(headers.get('X-Linked-Size') ?? headers.get('Content-Length') ?? Number.NaN);
    if (!PATH_PART.test(etag) || !PATH_PART.test(commit) || !Number.isSafeInteger(size) || size < 0) {
      throw new SourceError(
        `${where}: expected headers with a commit, a hash and a size, got ${shown({ commit, etag, size })}; is ${request.endpoint} a Hub?`,
      );
    }
    return { commit, etag, size };
  }
}

async function headRequest(url: URL, request: HubRequest, where: string): Promise<Response> {
  try {
    return await request.fetch(url, {
      method: 'HEAD',
      redirect: 'manual',
      headers: hubHeaders(request),
      ...(request.signal && { signal: request.signal }),
    });
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw new SourceError(
      `${where}: expected an answer of ${request.endpoint}, got ${networkReason(error)}; set HF_HUB_OFFLINE=1 to use only the cache`,
      { cause: error },
    );
  }
}
