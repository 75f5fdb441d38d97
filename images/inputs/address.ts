/** Images by their addresses: data, blob, file and web URLs, and in Node paths. */
import { OptionError, SourceError } from '../../errors/errors.ts';
import { type OptionsOf, value } from '../../options/rows.ts';
import { isNode } from '../../platform/is-node.ts';
import { networkReason } from '../../sources/read-body.ts';
import { bytesOfDataUri } from './data-uri.ts';
import { responseBytes } from './response-bytes.ts';

/** How images are fetched. */
export const ADDRESS_OPTIONS = {
  /** what fetches; default the platform's `fetch` */
  fetch: value<typeof fetch>(),
  /** ends downloads early */
  signal: value<AbortSignal>(),
};

/** How images are fetched. */
export interface AddressOptions extends OptionsOf<typeof ADDRESS_OPTIONS> {}

/** How the formats begin in base64: JPEG, PNG, GIF, WebP. Base64 has no dot, which paths and addresses of images have. */
const BASE64 = /^(\/9j\/|iVBORw0KGgo|R0lGOD|UklGR)[\w+/=\s-]{60}/;

/**
 * The bytes that an address stands for.
 *
 * In Node, what is no URL is a path; in a page, it is an address relative to the page's.
 *
 * @throws SourceError if there is nothing, or something else; OptionError if it is base64 that does not say so
 */
export async function bytesAt(address: string, where: string, options: AddressOptions): Promise<Uint8Array> {
  if (BASE64.test(address)) {
    throw new OptionError(
      `${where}: expected a URL or a path, got base64; pass Buffer.from(text, 'base64') or \`data:;base64,\${text}\``,
    );
  }
  if (/^data:/i.test(address)) return bytesOfDataUri(address, where);
  if (/^(https?|blob):/i.test(address) || !isNode()) return fetched(address, where, options);
  const { readImageFile } = await import('#node/images/inputs/image-file');
  return readImageFile(address, where);
}

async function fetched(
  address: string,
  where: string,
  { fetch: get = fetch, signal }: AddressOptions,
): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await get(address, signal ? { signal } : {});
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new SourceError(`${where}: expected an answer, got ${networkReason(error)}`, { cause: error });
  }
  return responseBytes(response, where);
}
