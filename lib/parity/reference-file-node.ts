/** References in files of Node's file system. */
import { openFileSource } from '../../sources/file-source-node.ts';
import { openSafetensors } from '../../weights/safetensors/open-safetensors.ts';
import { type ReadReferenceOptions, type Reference, readReference } from './reference.ts';

/**
 * Opens a reference file, reads the whole of it and closes it.
 *
 * @throws SourceError if there is no such file; what `readReference` throws
 */
export async function readReferenceFile(path: string, options?: ReadReferenceOptions): Promise<Reference> {
  const file = await openSafetensors(await openFileSource(path), path);
  try {
    return await readReference(file, options);
  } finally {
    await file.close();
  }
}
