/** Reading what a server sends, no more of it than is wanted. */
import { joined } from '../bytes/joined.ts';
import { SourceError } from '../errors/errors.ts';

/**
 * Reads a response to its end.
 *
 * @param where the address, for error messages
 * @param limit the most bytes it may have
 * @throws SourceError if there are more, or the connection breaks; what is underway is given up then
 */
export async function readBody(response: Response, where: string, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  try {
    for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
      size += part.value.byteLength;
      if (size > limit) throw new SourceError(`${where}: expected at most ${limit} bytes, got more`);
      parts.push(part.value);
    }
  } catch (error) {
    await reader?.cancel().catch(() => undefined);
    if (error instanceof SourceError) throw error;
    throw new SourceError(`${where}: expected an answer, got ${networkReason(error)}`, { cause: error });
  }
  return joined(parts);
}

/** What Node says of certificates that nobody it knows vouches for. */
const UNKNOWN_CERTIFICATE = /^(SELF_SIGNED|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY))/;

/** Why a request failed: `fetch` itself only says that it did, and keeps the reason as the cause. */
export function networkReason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  // of several addresses that were tried, each has its own reason
  const [first] = cause instanceof AggregateError ? cause.errors : [];
  const message = cause.message || (first instanceof Error && first.message) || cause.name;
  return 'code' in cause && UNKNOWN_CERTIFICATE.test(String(cause.code))
    ? `${message} (if your network has certificates of its own, name their file in NODE_EXTRA_CA_CERTS)`
    : message;
}
