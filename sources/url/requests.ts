/** Requests to one place on a server, and what answers that are no files say. */
import { SourceError } from '../../errors/errors.ts';
import { networkReason } from '../read-body.ts';
import type { RepositoryOptions } from '../repository.ts';

/** Asks for a file, or for what a server says of it. */
export type Ask = (target: URL, init: RequestInit) => Promise<Response>;

/** A server that gave no answer at all. */
export class SilentError extends SourceError {}

/**
 * How to ask a server: with the options' `fetch`, ended by their signal or by that of the request. A server that gives no answer is a SilentError.
 *
 * @param cache what the browser's own cache is used for
 * @param token sent with every request; browsers and Node take it off where a server sends on to another
 */
export function requests(
  { fetch: get = fetch, signal }: RepositoryOptions,
  cache: RequestCache,
  token?: string,
): Ask {
  const authorization = token ? { Authorization: `Bearer ${token}` } : {};
  return async (target, init) => {
    const ends = [signal, init.signal].filter((each) => each != null);
    // browsers before 2024 do without the second
    const end = ends.length > 1 ? (AbortSignal.any?.(ends) ?? signal) : ends[0];
    try {
      return await get(target, {
        cache,
        ...init,
        ...(end && { signal: end }),
        headers: { ...authorization, ...(init.headers as Record<string, string> | undefined) },
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (init.signal?.aborted) throw error;
      throw new SilentError(`${target.href}: expected an answer, got ${networkReason(error)}`, {
        cause: error,
      });
    }
  };
}

/** @throws SourceError if an answer is a refusal, or a page; what is underway is given up then */
export async function requireFile({ href }: URL, response: Response): Promise<void> {
  const { ok, status, statusText, headers } = response;
  if (ok && !/^text\/html\b/i.test(headers.get('Content-Type') ?? '')) return;
  await response.body?.cancel();
  if (!ok) throw new SourceError(`${href}: expected status 200, got ${status} ${statusText}`);
  // servers of pages, development servers among them, answer so for files that they do not have
  const remedy = /^https:\/\/github\.com\/.*\/blob\//.test(href)
    ? 'put /raw/ in place of /blob/ in its address'
    : 'is the file there, and is this its own address?';
  throw new SourceError(`${href}: expected a file, got a web page (text/html); ${remedy}`);
}

/** What tells one version of a file from another; undefined where a server says nothing of it, or shows it to nobody. */
export function validatorOf({ headers }: Response): string | undefined {
  return headers.get('ETag') ?? headers.get('Last-Modified') ?? undefined;
}

/** The bytes that an answer is going to have, where it says so and they are those of the file. */
export function announcedLength({ headers }: Response): number | undefined {
  const text = headers.get('Content-Length') ?? '';
  const isPlain = (headers.get('Content-Encoding') ?? 'identity') === 'identity';
  return isPlain && /^\d+$/.test(text) ? Number(text) : undefined;
}
