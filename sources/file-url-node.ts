/** Addresses of files of this machine. */
import { fileURLToPath } from 'node:url';
import { SourceError } from '../errors/errors.ts';

/** Whether an address is a `file:` URL. */
export function isFileUrl(address: string | URL): boolean {
  return /^\s*file:/i.test(String(address));
}

/**
 * The path of a `file:` URL.
 *
 * @param where what the address is of, for error messages
 * @throws SourceError if it is of another machine, or malformed
 */
export function pathOfFileUrl(address: string | URL, where: string): string {
  try {
    return fileURLToPath(String(address).trim());
  } catch (cause) {
    throw new SourceError(`${where}: expected the URL of a file of this machine, got ${address}`, { cause });
  }
}
