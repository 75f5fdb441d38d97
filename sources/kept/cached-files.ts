/** What pages of this origin keep of models between visits: listing and deleting it. */
import { SourceError } from '../../errors/errors.ts';
import { HUB, hubAddress, hubFileUrl } from '../hub/hub-address.ts';
import { pieceLength } from '../url/pieces.ts';
import { openPageCache } from './page-cache.ts';

/** A file that is kept, or a part of one: what was needed of it. */
export interface CachedFile {
  /** where it is from */
  url: string;
  /** bytes of the file */
  size: number;
  /** bytes of it that are kept */
  kept: number;
  /** when it was first kept */
  since: Date;
}

/**
 * Lists the files that pages of this origin keep (the option `cache`).
 *
 * @returns by their URLs; none where nothing can be kept, as in Node, whose cache is the Hub's folder
 */
export async function listCachedFiles(): Promise<CachedFile[]> {
  const all = (await (await openPageCache())?.list()) ?? [];
  return all
    .map(({ note: { url, size, since }, pieces }) => {
      const kept = [...pieces].reduce((sum, piece) => sum + pieceLength(piece, size), 0);
      return { url, size, kept, since: new Date(since) };
    })
    .sort((a, b) => (a.url < b.url ? -1 : 1));
}

/**
 * Deletes files that pages of this origin keep.
 *
 * @param source a Hub id, a URL of a file, or one that files are below; default all files
 * @returns what was deleted
 * @throws SourceError if it is neither
 */
export async function deleteCachedFiles(source?: string | URL): Promise<CachedFile[]> {
  const place = source === undefined ? '' : placeOf(String(source).trim());
  const isChosen = (url: string): boolean =>
    url === place || url.startsWith(place.replace(/\/?$/, place && '/'));
  const chosen = (await listCachedFiles()).filter(({ url }) => isChosen(url));
  await (await openPageCache())?.delete(isChosen);
  return chosen;
}

/** The URL of a source, below which its files are. */
function placeOf(source: string): string {
  const address = hubAddress(source);
  if (address !== undefined) {
    const { id, revision, folder, file } = address;
    const inside = [folder, file].filter(Boolean).join('/');
    if (revision === undefined && inside === '') return `${HUB}/${id}/resolve/`;
    return hubFileUrl({ endpoint: HUB, id, revision: revision ?? 'main' }, inside).href;
  }
  if (URL.canParse(source)) return new URL(source).href;
  throw new SourceError(`${source}: expected a Hub id or a URL, got neither`);
}
