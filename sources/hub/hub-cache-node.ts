/**
 * The Hub's cache folder, in the layout Python's client shares: `models--owner--name/` with `blobs/<etag>`,
 * `snapshots/<commit>/<file>` linking to blobs, `refs/<revision>` naming a commit, and `.no_exist/<commit>/<file>` for
 * files that a commit has not.
 *
 * Source: huggingface_hub 2.4, `file_download.py`.
 */
import { randomUUID } from 'node:crypto';
import { copyFile, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { makeFolders } from '../../platform/make-folders-node.ts';
import { namesIn } from '../names-in-node.ts';
import { COMMIT, PATH_PART } from './hub-file-info.ts';

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

/** Makes a file appear at once and whole, whoever else is writing it. */
async function appear(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  makeFolders(dirname(path));
  const temporary = `${path}.${randomUUID()}.incomplete`;
  try {
    await make(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** What a cache knows of a file of a commit. */
export type CachedFile =
  | { readonly state: 'here'; readonly path: string }
  | { readonly state: 'absent' | 'unknown' };

/** One repository's part of the cache. */
export class HubCache {
  readonly folder: string;

  /**
   * @param cacheDir the cache folder
   * @param id owner and name
   */
  constructor(cacheDir: string, id: string) {
    this.folder = join(cacheDir, `models--${id.replaceAll('/', '--')}`);
  }

  /** The commit a revision stood for when it was last looked up; undefined if it never was. */
  async commitOf(revision: string): Promise<string | undefined> {
    if (COMMIT.test(revision))
      return (await exists(join(this.folder, 'snapshots', revision))) ? revision : undefined;
    try {
      const commit = (await readFile(join(this.folder, 'refs', revision), 'utf8')).trim();
      return PATH_PART.test(commit) ? commit : undefined;
    } catch {
      return undefined;
    }
  }

  /** A file of a commit: its path, or that the commit has no such file, or that nobody has looked. */
  async find(commit: string, file: string): Promise<CachedFile> {
    const path = join(this.folder, 'snapshots', commit, file);
    if (await exists(path)) return { state: 'here', path };
    return { state: (await exists(join(this.folder, '.no_exist', commit, file))) ? 'absent' : 'unknown' };
  }

  /** The names in a folder of a commit, as far as they are in the cache. */
  async list(commit: string, folder: string): Promise<string[]> {
    return namesIn(join(this.folder, 'snapshots', commit, folder));
  }

  /** Notes the commit of a revision, unless it is noted already. */
  async setCommit(revision: string, commit: string): Promise<void> {
    if (COMMIT.test(revision) || (await this.commitOf(revision)) === commit) return;
    await appear(join(this.folder, 'refs', revision), (temporary) => writeFile(temporary, commit));
  }

  /** Notes that a commit has no such file. */
  async setAbsent(commit: string, file: string): Promise<void> {
    await appear(join(this.folder, '.no_exist', commit, file), (temporary) => writeFile(temporary, ''));
  }

  /** The place of a blob, whose folder is made. */
  async blobPath(etag: string): Promise<string> {
    const folder = join(this.folder, 'blobs');
    makeFolders(folder);
    return join(folder, etag);
  }

  /** The path of a blob that is complete in the cache; undefined if it is not. */
  async findBlob(etag: string): Promise<string | undefined> {
    const path = join(this.folder, 'blobs', etag);
    return (await exists(path)) ? path : undefined;
  }

  /**
   * Makes a blob appear as a file of a commit.
   *
   * @returns the file's path
   */
  async link(commit: string, file: string, etag: string): Promise<string> {
    const path = join(this.folder, 'snapshots', commit, file);
    const blob = join(this.folder, 'blobs', etag);
    await appear(path, async (temporary) => {
      try {
        await symlink(relative(dirname(path), blob), temporary);
      } catch {
        // file systems without links, such as Windows without developer mode
        await copyFile(blob, temporary);
      }
    }).catch(async (error: unknown) => {
      // on Windows another process may have it open already
      if (!(await exists(path))) throw error;
    });
    return path;
  }
}
