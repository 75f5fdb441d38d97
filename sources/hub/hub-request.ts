/** Requests to the Hub: redirects, and what refusals mean. */
import { SourceError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { escapedPath } from '../escaped-path.ts';
import { HUB } from './hub-address.ts';
import { publishedLike } from './published.ts';

/** How the Hub is asked. */
export interface HubRequest {
  endpoint: string;
  id: string;
  revision: string;
  token: string | undefined;
  fetch: typeof fetch;
  /** milliseconds to wait for what the Hub says about a file */
  patience: number;
  signal?: AbortSignal | undefined;
}

/** An answer that another attempt may change: too many requests, or a server that is down. */
export class BusyError extends SourceError {
  /** milliseconds that the server asks to wait */
  readonly pause: number;

  constructor(message: string, pause: number) {
    super(message);
    this.pause = pause;
  }
}

/** A Hub that could not be reached, or did not answer in time. */
export class UnansweredError extends SourceError {}

/** A revision that the repository does not have: no copy in a cache stands for it. */
export class RevisionError extends SourceError {}

const BUSY = new Set([408, 429, 500, 502, 503, 504]);
const MOVED = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 20;

/** Places that are the Hub whatever mirror is asked; no others but the mirror itself get the token. */
const HUB_ORIGINS = new Set([HUB, 'https://hf.co']);

/** The address of the list of what is in a folder. */
export function hubListUrl({ endpoint, id, revision }: HubRequest, folder: string): URL {
  return new URL(`${endpoint}/api/models/${id}/tree/${encodeURIComponent(revision)}/${escapedPath(folder)}`);
}

/** Whether a place is the Hub or the mirror that is asked, which may be sent the token. */
function mayHaveToken({ origin }: URL, { endpoint }: HubRequest): boolean {
  return HUB_ORIGINS.has(origin) || origin === new URL(endpoint).origin;
}

/** Whether what a place says about files is to be believed: the Hub, or the mirror under another name of this machine. */
export function isHub(url: URL, request: HubRequest): boolean {
  const named = new URL(url);
  if (/^(127\.0\.0\.1|\[::1\]|localhost)$/.test(named.hostname)) {
    const { hostname } = new URL(request.endpoint);
    if (/^(127\.0\.0\.1|\[::1\]|localhost)$/.test(hostname)) named.hostname = hostname;
  }
  return mayHaveToken(named, request);
}

/**
 * Sends a request and follows where it is sent on to. The token goes to the Hub only.
 *
 * Source: huggingface_hub 2.4, `utils/_http.py`, `_httpx2_follow_hub_redirects_with_backoff`.
 *
 * @param follows decides about each redirect; one that is not followed is the answer
 * @throws SourceError if redirects have no end; what `fetch` throws
 */
export async function askHub(
  request: HubRequest,
  start: URL,
  init: { method: 'HEAD' | 'GET'; headers?: Record<string, string>; signal?: AbortSignal | undefined },
  follows: (next: URL, response: Response) => boolean,
): Promise<Response> {
  let url = start;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const { token } = request;
    const response = await request.fetch(url, {
      method: init.method,
      redirect: 'manual',
      headers: {
        'Accept-Encoding': 'identity',
        ...init.headers,
        ...(token && mayHaveToken(url, request) && { Authorization: `Bearer ${token}` }),
      },
      ...(init.signal && { signal: init.signal }),
    });
    const location = response.headers.get('Location');
    if (!MOVED.has(response.status) || location === null || !URL.canParse(location, url.href))
      return response;
    const next = new URL(location, url);
    if (!follows(next, response)) return response;
    await response.body?.cancel();
    url = next;
  }
  throw new SourceError(`${start.href}: expected an answer, got more than ${MAX_REDIRECTS} redirects`);
}

/** What a status that is no success means, and what to do about it. */
export function statusError(where: string, response: Response, request: HubRequest): SourceError {
  const { status, headers } = response;
  const code = headers.get('X-Error-Code') ?? '';
  const message = `${where}: expected a file, got status ${status}${code ? ` ${code}` : ''}`;
  const seconds = Number(headers.get('Retry-After')) || 0;
  const meant = publishedLike(request.id);
  const absent =
    `${meant === undefined ? 'check the id' : `did you mean ${meant}? Check the id`}, of which there is no folder here either, ` +
    'or set HF_TOKEN if the repository is private';
  const remedy: Record<string, string> = {
    GatedRepo: 'ask for access on its page and set HF_TOKEN',
    RepoNotFound: absent,
    RevisionNotFound: `check the revision ${shown(request.revision)}`,
    401: absent,
    403: 'ask for access on its page and set HF_TOKEN',
    404: 'check the id and the revision',
    429: `try again ${seconds > 0 ? `in ${seconds} s` : 'later'}; with HF_TOKEN more is allowed`,
  };
  const advice = remedy[code] ?? remedy[status];
  const text = `${message}${advice ? `; ${advice}` : ''}`;
  if (BUSY.has(status)) return new BusyError(text, seconds * 1000);
  return code === 'RevisionNotFound' ? new RevisionError(text) : new SourceError(text);
}
