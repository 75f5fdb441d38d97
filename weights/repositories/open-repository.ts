/** From what a user writes to a repository. */
import { isBuffer } from '../../bytes/bytes-of.ts';
import { isBlob, isUrl, tagOf } from '../../bytes/tag-of.ts';
import { SourceError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { WEIGHTS_ENDING } from '../weights-ending.ts';
import {
  type FilesInMemory,
  memoryRepository,
  type Repository,
  type RepositoryOptions,
} from './repository.ts';
import { urlRepository } from './url-repository.ts';

/** A Hub repository: an owner and a name. */
const HUB_ID = /^\w[\w.-]*\/\w[\w.-]*$/;

const isNode = typeof process !== 'undefined' && process.versions?.node !== undefined;

/**
 * Finds the repository a source stands for.
 *
 * @param source a folder, a `.safetensors` or `.pth` file, a URL, a Hub id such as `facebook/dinov2-base`, or files in memory
 * @throws SourceError naming what was tried
 */
export async function openRepository(
  source: string | URL | FilesInMemory,
  options: RepositoryOptions = {},
): Promise<Repository> {
  if (isUrl(source)) return urlRepository(source, options);
  if (ArrayBuffer.isView(source) || isBuffer(source) || isBlob(source)) {
    throw new SourceError(
      `source: expected files in memory by their names, got a ${tagOf(source)}; pass { 'model.safetensors': it }`,
    );
  }
  if (typeof source === 'object' && source !== null) return memoryRepository(source);
  if (typeof source !== 'string') {
    throw new SourceError(
      `source: expected a folder, a file, a URL, a Hub id or files in memory, got ${shown(source)}`,
    );
  }
  if (/^https?:\/\//.test(source) && URL.canParse(source)) return urlRepository(new URL(source), options);
  if (isNode) {
    const { folderRepository } = await import('./folder-repository-node.ts');
    const folder = await folderRepository(source);
    if (folder !== undefined) return folder;
  }
  if (!HUB_ID.test(source) || WEIGHTS_ENDING.test(source)) {
    throw new SourceError(
      `${source}: expected a folder, a .safetensors or .pth file, a URL or a Hub id such as facebook/dinov2-base, got none of them`,
    );
  }
  if (isNode) {
    const { hubRepository } = await import('./hub-repository-node.ts');
    return hubRepository(source, options);
  }
  const endpoint = 'https://huggingface.co';
  const revision = encodeURIComponent(options.revision ?? 'main');
  return urlRepository(new URL(`${endpoint}/${source}/resolve/${revision}/`), options);
}
