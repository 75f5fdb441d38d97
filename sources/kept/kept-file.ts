/** What a page keeps of one file between visits. */
import { type RepositoryOptions, warn } from '../repository.ts';
import { pieceLength } from '../url/pieces.ts';
import type { FileNote, PageCache } from './page-cache.ts';

/** One version of a file, of which pieces are kept. */
export class KeptFile {
  readonly note: FileNote;
  private readonly cache: PageCache;
  private readonly pieces: Set<number>;
  private readonly options: RepositoryOptions;
  private isFull = false;

  constructor(cache: PageCache, note: FileNote, pieces: Set<number>, options: RepositoryOptions) {
    this.cache = cache;
    this.note = note;
    this.pieces = pieces;
    this.options = options;
  }

  /** Notes the file in place of other versions of it; false if nothing can be kept, which a warning says. */
  async begin(): Promise<boolean> {
    await this.orGoOn(() => this.cache.begin(this.note));
    return !this.isFull;
  }

  has(piece: number): boolean {
    return this.pieces.has(piece);
  }

  /** @returns undefined if the piece is gone, as after another page has deleted it, or damaged: it is not `has` any more */
  async read(piece: number): Promise<Uint8Array | undefined> {
    const { note } = this;
    const bytes = await this.cache.read(note, piece, pieceLength(piece, note.size)).catch(() => undefined);
    if (bytes === undefined) this.pieces.delete(piece);
    return bytes;
  }

  /** Keeps a piece. Where that fails, the file is not kept at all, a warning says why, and loading goes on. */
  async write(piece: number, bytes: Uint8Array): Promise<void> {
    await this.orGoOn(async () => {
      await this.cache.write(this.note, piece, bytes);
      this.pieces.add(piece);
    });
  }

  private async orGoOn(work: () => Promise<void>): Promise<void> {
    if (this.isFull) return;
    try {
      await work();
    } catch (error) {
      this.isFull = true;
      this.pieces.clear();
      const { url } = this.note;
      await this.cache.delete((each) => each === url).catch(() => undefined);
      warn(this.options, `${url}: ${await reasonOf(error)}`);
    }
  }
}

/** Why a piece could not be kept, and what to do. */
async function reasonOf(error: unknown): Promise<string> {
  const got = typeof error === 'object' && error !== null && 'name' in error ? error.name : error;
  const isQuota = got === 'QuotaExceededError';
  const { usage, quota } = isQuota ? await storageOf() : {};
  const room = usage === undefined || quota === undefined ? '' : ` (${usage} of ${quota} bytes in use)`;
  const remedy = isQuota ? 'make room with deleteCachedFiles(), or' : 'try again, or';
  return `expected to keep it for the next visit, got ${got}${room}; it is loaded all the same: ${remedy} turn keeping off with cache: false`;
}

async function storageOf(): Promise<StorageEstimate> {
  try {
    return await navigator.storage.estimate();
  } catch {
    return {};
  }
}
