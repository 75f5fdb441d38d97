/** A folder of adapters. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeBytes } from '../../../weights/write/file-sink-node.ts';
import { writeWhole } from '../../../weights/write/write-whole-node.ts';

/** What stands in a folder that this library or peft wrote. */
const OWN_FILES = /^(adapter_config\.json|adapter_model\.(safetensors|bin)|README\.md)$/;

/**
 * Writes a folder that appears when it is complete.
 *
 * @param files bytes by their names
 * @throws SourceError if it is there already and must not be replaced, or can't be written
 */
export async function writeLoraFolder(
  files: Readonly<Record<string, Uint8Array>>,
  target: string,
  overwrite: boolean,
): Promise<void> {
  await writeWhole(target, { overwrite, replaceable: OWN_FILES }, async (folder) => {
    await mkdir(folder);
    for (const [name, bytes] of Object.entries(files)) await writeBytes(join(folder, name), bytes);
  });
}
