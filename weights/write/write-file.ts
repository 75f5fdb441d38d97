/** Writing a file that is whole or absent. */
import { requireNode } from '../../platform/require-node.ts';

/** What a file is made of: bytes, text, which is written as UTF-8, or pieces of either, in order. */
export type FileContent =
  | Uint8Array
  | string
  | Iterable<Uint8Array | string>
  | AsyncIterable<Uint8Array | string>;

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
 * @param content pieces are asked for as they are written
 * @throws SourceError if a file is there already, or this one can't be written; what the pieces throw
 */
export async function writeFile(
  path: string,
  content: FileContent,
  options: WriteFileOptions = {},
): Promise<void> {
  requireNode(path);
  const { writeFileWhole } = await import('#node/weights/write/write-file');
  await writeFileWhole(path, content, options);
}
