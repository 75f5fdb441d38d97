/** The Hub's headers about a file: its size, hash and commit, before it is downloaded. */
import { SourceError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { networkReason } from '../read-body.ts';
import { hubFileUrl } from './hub-address.ts';
import { askHub, type HubRequest, isHub, statusError, UnansweredError } from './hub-request.ts';

/** A file of a repository at a commit. */
export interface HubFileInfo {
  /** the commit that the revision stands for */
  commit: string;
  /** the hash of the contents: SHA-256 for large files, git's for small ones */
  etag: string;
  /** bytes; undefined if only the download will tell */
  size: number | undefined;
}

/** A file that a repository has not. */
export interface AbsentFile {
  /** the commit that the revision stands for, if the Hub says it */
  commit: string | undefined;
  etag: undefined;
}

/** What can stand in a path without leading anywhere else: hashes and commits do. */
export const PATH_PART = /^\w[\w.-]*$/;

/** A commit, as opposed to a branch or a tag. */
export const COMMIT = /^[0-9a-f]{40}$/;

/** What answers have said so far; each header counts where it stands first. */
interface Said {
  commit?: string | undefined;
  etag?: string | undefined;
  size?: string | undefined;
}

/**
 * Asks for a file's commit, hash and size. Redirects are followed within the Hub until one answer, or several together,
 * have said all three.
 *
 * @throws UnansweredError, BusyError, RevisionError; SourceError if the repository can't be had, or the answer lacks a commit or a hash
 */
export async function hubFileInfo(request: HubRequest, file: string): Promise<HubFileInfo | AbsentFile> {
  const where = `${request.id}/${file}`;
  const said: Said = {};
  let elsewhere: string | undefined;
  const response = await head(request, file, where, (next, { headers }) => {
    note(said, headers);
    if (said.commit !== undefined && said.etag !== undefined && said.size !== undefined) return false;
    if (isHub(next, request)) return true;
    elsewhere = next.origin;
    return false;
  });
  const { headers, status, ok } = response;
  note(said, headers);
  if (status === 404 && headers.get('X-Error-Code') === 'EntryNotFound') {
    return { commit: COMMIT.test(said.commit ?? '') ? said.commit : undefined, etag: undefined };
  }
  if (status >= 400 || status < 200) throw statusError(where, response, request);
  // those of a redirect are its own
  const etag = said.etag ?? (ok ? hash(headers.get('ETag')) : undefined) ?? '';
  const isEncoded = (headers.get('Content-Encoding') ?? 'identity') !== 'identity';
  const size = said.size ?? (ok && !isEncoded ? headers.get('Content-Length') : undefined) ?? undefined;
  const { commit = '' } = said;
  const bytes = size === undefined ? undefined : Number(size);
  const isSize = bytes === undefined || (Number.isSafeInteger(bytes) && bytes >= 0);
  if (PATH_PART.test(etag) && PATH_PART.test(commit) && isSize) return { commit, etag, size: bytes };
  const got = shown({ commit, etag, size });
  throw new SourceError(
    elsewhere === undefined
      ? `${where}: expected headers with a commit, a hash and a size, got ${got}; is ${request.endpoint} a Hub?`
      : `${where}: expected a file of the Hub, got a redirect to ${elsewhere}, which is not known to be one; name it in HF_ENDPOINT if it is`,
  );
}

function note(said: Said, headers: Headers): void {
  said.commit ??= headers.get('X-Repo-Commit') ?? undefined;
  said.etag ??= hash(headers.get('X-Linked-Etag'));
  said.size ??= headers.get('X-Linked-Size') ?? undefined;
}

/** The hash in an ETag, weak or not, in quotes or not. */
function hash(etag: string | null): string | undefined {
  return etag?.replace(/^W\//, '').replaceAll('"', '');
}

async function head(
  request: HubRequest,
  file: string,
  where: string,
  follows: (next: URL, response: Response) => boolean,
): Promise<Response> {
  const patience = AbortSignal.timeout(request.patience);
  const signal = request.signal ? AbortSignal.any([request.signal, patience]) : patience;
  try {
    return await askHub(request, hubFileUrl(request, file), { method: 'HEAD', signal }, follows);
  } catch (error) {
    if (request.signal?.aborted || error instanceof SourceError) throw error;
    const reason = patience.aborted ? `none in ${request.patience / 1000} s` : networkReason(error);
    throw new UnansweredError(`${where}: expected an answer of ${request.endpoint}, got ${reason}`, {
      cause: error,
    });
  }
}
