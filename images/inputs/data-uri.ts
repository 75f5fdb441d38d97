/** Images inside of their own addresses. */
import { SourceError } from '../../errors/errors.ts';

const PERCENT = 0x25;

/**
 * The bytes of a data URI, in base64 or percent-encoded. The media type is passed over: bytes tell what they are.
 *
 * A page's content security policy may forbid to fetch such addresses, so they are read here.
 * Source: RFC 2397.
 *
 * @throws SourceError if it is malformed
 */
export function bytesOfDataUri(uri: string, where: string): Uint8Array {
  const comma = uri.indexOf(',');
  if (comma < 0) throw new SourceError(`${where}: expected data:[type][;base64],… , got no comma`);
  const text = uri.slice(comma + 1);
  if (!/;\s*base64\s*$/i.test(uri.slice(0, comma))) return percentDecoded(text);
  try {
    return codesOf(atob(text.includes('%') ? new TextDecoder('latin1').decode(percentDecoded(text)) : text));
  } catch (cause) {
    throw new SourceError(`${where}: expected a data URI in base64, got other characters`, { cause });
  }
}

/** One byte a character: a loop, as iterating over a long text takes all memory. */
function codesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** A percent sign that no two hexadecimal digits follow stands for itself. */
function percentDecoded(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const digits = code === PERCENT ? text.slice(i + 1, i + 3) : '';
    const isEscape = /^[\da-f]{2}$/i.test(digits);
    bytes[length++] = isEscape ? Number.parseInt(digits, 16) : code;
    if (isEscape) i += 2;
  }
  return bytes.subarray(0, length);
}
