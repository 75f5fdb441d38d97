/** Writing a file that is whole or absent. */
import { requireNode } from '../../platform/require-node.ts';

/** How a file is written. */
export interface WriteFileOptions {
  /** whether a file that has the name already may be replaced; default false */
  overwrite?: boolean | undefined;
  /** leaves nothing behind when it is aborted before the end */
  signal?: AbortSignal | undefined;
}

/**
 * Writes a file that appears when it is complete; nothing is left where writing fails. Needs Node.
 *
 * @param content text is written as UTF-8
 * @throws SourceError if a file is there already, or this one can't be written
 */
export async function writeFile(
  path: string,
  content: Uint8Array | string,
  options: WriteFileOptions = {},
): Promise<void> {
  requireNode(path);
  const { writeFileWhole } = await import('#node/weights/write/write-file');
  await writeFileWhole(path, content, options);
}
