/** Writing a file of Node's file system that is whole or absent. */
import { openFileSink } from './file-sink-node.ts';
import type { WriteFileOptions } from './write-file.ts';
import { writeWhole } from './write-whole-node.ts';

/** @throws SourceError if a file is there already, or this one can't be written */
export async function writeFileWhole(
  path: string,
  content: Uint8Array | string,
  options: WriteFileOptions,
): Promise<void> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  await writeWhole(path, options, async (temporary) => {
    const sink = await openFileSink(temporary);
    try {
      await sink.write(bytes);
    } finally {
      await sink.close();
    }
  });
}
