/** Images in the answers of servers. */
import { tagOf } from '../../bytes/tag-of.ts';
import { SourceError } from '../../errors/errors.ts';
import { readBody } from '../../sources/read-body.ts';

/** More than the largest image takes without any compression, 179 million pixels of four bytes. */
export const MAX_ENCODED_BYTES = 2 ** 30;

/** Whether a value is what `fetch` gives. */
export function isResponse(value: unknown): value is Response {
  return tagOf(value) === 'Response';
}

/**
 * Reads an answer to its end.
 *
 * @throws SourceError if it is no success, an HTML page, far larger than images are, or has been read already
 */
export async function responseBytes(response: Response, where: string): Promise<Uint8Array> {
  const fail = async (problem: string): Promise<never> => {
    await response.body?.cancel().catch(() => undefined);
    throw new SourceError(`${where}: ${problem}`);
  };
  if (response.bodyUsed || response.body?.locked) {
    throw new SourceError(
      `${where}: expected a response that is unread, got one that is read; pass what was read, or its clone()`,
    );
  }
  if (response.type === 'opaque')
    return fail("expected a response that the page may read, got one of fetch's mode no-cors");
  if (!response.ok)
    return fail(`expected status 200, got ${response.status} ${response.statusText}`.trimEnd());
  const type = response.headers.get('Content-Type') ?? '';
  if (/^text\/html\b/i.test(type))
    return fail(`expected an image, got an HTML page; give the image's own address`);
  return readBody(response, where, MAX_ENCODED_BYTES);
}
