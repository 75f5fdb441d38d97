/** Writing a file of Node's file system that is whole or absent. */
import { writeBytes } from './file-sink-node.ts';
import type { FileContent, WriteFileOptions } from './write-file.ts';
import { writeWhole } from './write-whole-node.ts';

/** @throws SourceError if a file is there already, or this one can't be written */
export async function writeFileWhole(
  path: string,
  content: FileContent,
  options: WriteFileOptions,
): Promise<void> {
  await writeWhole(path, options, (temporary) => writeBytes(temporary, content));
}
