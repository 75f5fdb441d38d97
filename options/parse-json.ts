/** JSON that users write: configurations, settings, labels. */
import { ConfigError } from '../errors/errors.ts';
import { FETCH_BY_LFS, LFS_POINTER } from '../errors/lfs-pointer.ts';

/**
 * @param where what the text is from, for error messages
 * @throws ConfigError if it is no JSON
 */
export function parseJson(text: string, where: string): unknown {
  if (LFS_POINTER.test(text)) {
    throw new ConfigError(`${where}: expected JSON, got a Git LFS pointer; ${FETCH_BY_LFS}`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${where}: expected JSON, got ${reason}`, { cause: error });
  }
}
