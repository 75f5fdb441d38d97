/** What is in a folder of this machine. */
import { readdir } from 'node:fs/promises';

/** The names in a folder, with a slash behind those of folders; none if it can't be read. */
export async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
}
