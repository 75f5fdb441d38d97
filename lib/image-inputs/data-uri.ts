/** Images inside of their own addresses. */
import { SourceError } from '../../errors/errors.ts';

/**
 * The bytes of a data URI, in base64 or percent-encoded. The media type is passed over: bytes tell what they are.
 *
 * A page's content security policy may forbid to fetch such addresses, so they are read here.
 * Source: RFC 2397.
 *
 * @param where the image's name, for error messages
 * @throws SourceError if it is malformed
 */
export function bytesOfDataUri(uri: string, where: string): Uint8Array {
  const comma = uri.indexOf(',');
  if (comma < 0) throw new SourceError(`${where}: expected data:[type][;base64],… , got no comma`);
  const text = uri
    .slice(comma + 1)
    .replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  try {
    const binary = /;\s*base64\s*$/i.test(uri.slice(0, comma)) ? atob(text) : text;
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch (cause) {
    throw new SourceError(`${where}: expected a data URI in base64, got other characters`, { cause });
  }
}
