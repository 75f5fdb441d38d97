/** What the browser keeps of models between visits, a line for each model. */
import { type CachedFile, deleteCachedFiles, listCachedFiles } from '../../lib/index.ts';
import type { Calls, KeptModel } from '../protocol.ts';

const HUB_FILE = /^https:\/\/huggingface\.co\/([^/]+\/[^/]+)\/resolve\/([^/]+)\//;

export async function keptModels(): Promise<readonly KeptModel[]> {
  const models = new Map<string, KeptModel>();
  for (const file of await listCachedFiles()) {
    const address = addressOf(file);
    const { size = 0, kept = 0 } = models.get(address) ?? {};
    models.set(address, { address, size: size + file.size, kept: kept + file.kept });
  }
  return [...models.values()];
}

/** @returns what is left */
export async function forgetModel({ address }: Calls['forget']['request']): Promise<readonly KeptModel[]> {
  await deleteCachedFiles(address);
  return keptModels();
}

/** What loads the model of a file again: its id on the Hub, or the folder it is in. */
function addressOf({ url }: CachedFile): string {
  const [, id, revision] = HUB_FILE.exec(url) ?? [];
  if (id === undefined || revision === undefined) return new URL('.', url).href;
  return revision === 'main' ? id : `${id}@${decodeURIComponent(revision)}`;
}
