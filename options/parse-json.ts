/** JSON that users write: configurations, settings, labels. */
import { ConfigError } from '../errors/errors.ts';

/** How the small texts begin that stand for files where Git LFS has not fetched them. */
const LFS_POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\//;

/**
 * @param where what the text is from, for error messages
 * @throws ConfigError if it is no JSON
 */
export function parseJson(text: string, where: string): unknown {
  if (LFS_POINTER.test(text)) {
    throw new ConfigError(
      `${where}: expected JSON, got a pointer of Git LFS to a file; fetch the file with git lfs pull`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${where}: expected JSON, got ${reason}`, { cause: error });
  }
}
