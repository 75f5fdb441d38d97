/** The list of files in a repository of the Hub. */
import { readBody } from '../read-body.ts';
import { MAX_TEXT_BYTES } from '../repository.ts';
import { askHub, type HubRequest, hubListUrl, isHub } from './hub-request.ts';

/**
 * The names of what is in a folder of a repository, with a slash behind those of folders, as far as the Hub gives them at once (the first thousand).
 *
 * @param folder with a slash at its end; empty for the whole
 * @returns undefined if the Hub, or its mirror, gives no list
 */
export async function hubNames(request: HubRequest, folder: string): Promise<string[] | undefined> {
  const url = hubListUrl(request, folder.replace(/\/$/, ''));
  try {
    const signal = AbortSignal.timeout(request.patience);
    const response = await askHub(request, url, { method: 'GET', signal }, (next) => isHub(next, request));
    const json: unknown = JSON.parse(
      new TextDecoder().decode(await readBody(response, url.href, MAX_TEXT_BYTES)),
    );
    if (!response.ok || !Array.isArray(json)) return undefined;
    return json.flatMap((entry: { type?: unknown; path?: unknown } | null) =>
      typeof entry?.path === 'string' && entry.path.startsWith(folder)
        ? [`${entry.path.slice(folder.length)}${entry.type === 'directory' ? '/' : ''}`]
        : [],
    );
  } catch {
    return undefined;
  }
}
