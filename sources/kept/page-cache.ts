/** The place in a browser's Cache Storage where pages of an origin keep files of models, in pieces. */
import type { FileFacts } from '../url/remote-file.ts';

/** The name of the cache, and of a host that there is not, below which its keys are. */
const NAME = 'dinov2-tfjs';
const ROOT = `https://${NAME}.invalid/`;

/** What is known of a file of which pieces are kept, though not all need be. */
export interface FileNote extends FileFacts {
  /** where it is from */
  readonly url: string;
  readonly validator: string;
  /** when it was first kept: milliseconds since 1970 */
  readonly since: number;
}

/** A key of the cache: a note of a file if it has no piece. */
interface Key {
  readonly request: Request;
  readonly url: string;
  readonly version: string | undefined;
  readonly piece: number;
}

/**
 * Opens it.
 *
 * @returns undefined where there is none: outside of pages, in pages that are not secure, and where the browser's settings forbid it
 */
export async function openPageCache(): Promise<PageCache | undefined> {
  try {
    return typeof caches === 'undefined' ? undefined : new PageCache(await caches.open(NAME));
  } catch {
    return undefined;
  }
}

/** The cache, of which each entry appears at once and whole, whoever else is writing it. */
export class PageCache {
  private readonly cache: Cache;

  constructor(cache: Cache) {
    this.cache = cache;
  }

  /** Every file that there is a note of, with the pieces of its version. */
  async list(): Promise<{ note: FileNote; pieces: Set<number> }[]> {
    const keys = await this.keys();
    const found: { note: FileNote; pieces: Set<number> }[] = [];
    for (const { url, version } of keys) {
      const note = version === undefined ? await this.note(url) : undefined;
      if (note !== undefined) found.push({ note, pieces: piecesOf(note, keys) });
    }
    return found;
  }

  /** The note of a file and the pieces of its version. */
  async find(url: string): Promise<{ note: FileNote; pieces: Set<number> } | undefined> {
    const note = await this.note(url);
    return note && { note, pieces: piecesOf(note, await this.keys()) };
  }

  /** Notes a file, in place of all that is kept of other versions of it. */
  async begin(note: FileNote): Promise<void> {
    for (const { request, url, version } of await this.keys()) {
      if (url === note.url && version !== undefined && version !== versionOf(note))
        await this.cache.delete(request);
    }
    await this.cache.put(keyOf(note.url), new Response(JSON.stringify(note)));
  }

  /** @returns undefined if it is not there any more, or not whole */
  async read(note: FileNote, piece: number, length: number): Promise<Uint8Array | undefined> {
    const response = await this.cache.match(keyOf(note.url, versionOf(note), piece));
    const bytes = response && new Uint8Array(await response.arrayBuffer());
    return bytes?.length === length ? bytes : undefined;
  }

  async write(note: FileNote, piece: number, bytes: Uint8Array): Promise<void> {
    await this.cache.put(
      keyOf(note.url, versionOf(note), piece),
      new Response(bytes as Uint8Array<ArrayBuffer>),
    );
  }

  /** Deletes all that is kept of the files that are chosen; the note goes last, so that nothing is left unlisted. */
  async delete(isChosen: (url: string) => boolean): Promise<void> {
    const chosen = (await this.keys()).filter(({ url }) => isChosen(url));
    chosen.sort((a, b) => Number(a.version === undefined) - Number(b.version === undefined));
    for (const { request } of chosen) await this.cache.delete(request);
  }

  /** What is no note, as after a disk failed, is as good as absent. */
  private async note(url: string): Promise<FileNote | undefined> {
    const response = await this.cache.match(keyOf(url));
    const note: Partial<FileNote> | undefined = await response?.json().catch(() => undefined);
    return isNote(note) && note.url === url ? note : undefined;
  }

  private async keys(): Promise<Key[]> {
    return (await this.cache.keys()).flatMap((request) => {
      const parts = partsOf(request.url);
      if (parts === undefined) return [];
      const [url = '', version, piece] = parts;
      return [{ request, url, version, piece: Number(piece) }];
    });
  }
}

function isNote(note: Partial<FileNote> | undefined | null): note is FileNote {
  const { url, size, validator, since } = note ?? {};
  const hasSize = Number.isSafeInteger(size) && Number(size) >= 0;
  return typeof url === 'string' && hasSize && typeof validator === 'string' && Number.isFinite(since);
}

/** What a key was made of; undefined for one that somebody else has put there. */
function partsOf(key: string): string[] | undefined {
  if (!key.startsWith(ROOT)) return undefined;
  try {
    return key.slice(ROOT.length).split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function versionOf({ size, validator }: FileNote): string {
  return `${size} ${validator}`;
}

function keyOf(url: string, ...rest: readonly (string | number)[]): string {
  return ROOT + [url, ...rest].map(encodeURIComponent).join('/');
}

function piecesOf(note: FileNote, keys: readonly Key[]): Set<number> {
  const own = keys.filter(({ url, version }) => url === note.url && version === versionOf(note));
  return new Set(own.map(({ piece }) => piece));
}
