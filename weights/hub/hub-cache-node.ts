/**
 * The Hub's cache folder, in the layout Python's client shares: `models--owner--name/` with `blobs/<etag>`,
 * `snapshots/<commit>/<file>` linking to blobs, and `refs/<revision>` naming a commit.
 */
import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { COMMIT, PATH_PART } from './hub-file-info.ts';

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

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

  /** The path of a file of a commit; undefined if it is not in the cache. */
  async find(commit: string, file: string): Promise<string | undefined> {
    const path = join(this.folder, 'snapshots', commit, file);
    return (await exists(path)) ? path : undefined;
  }

  /** Notes the commit of a revision. */
  async setCommit(revision: string, commit: string): Promise<void> {
    if (COMMIT.test(revision)) return;
    const path = join(this.folder, 'refs', revision);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, commit);
  }

  /** The place of a blob, whose folder is made. */
  async blobPath(etag: string): Promise<string> {
    const folder = join(this.folder, 'blobs');
    await mkdir(folder, { recursive: true });
    return join(folder, etag);
  }

  /** Whether a blob is complete in the cache. */
  async hasBlob(etag: string): Promise<boolean> {
    return exists(join(this.folder, 'blobs', etag));
  }

  /**
   * Makes a blob appear as a file of a commit.
   *
   * @returns the file's path
   */
  async link(commit: string, file: string, etag: string): Promise<string> {
    const path = join(this.folder, 'snapshots', commit, file);
    const blob = join(this.folder, 'blobs', etag);
    await mkdir(dirname(path), { recursive: true });
    const temporary = `${path}.${randomUUID()}.incomplete`;
    try {
      await symlink(relative(dirname(path), blob), temporary);
    } catch {
      // file systems without links, such as Windows without developer mode
      await copyFile(blob, temporary);
    }
    await rename(temporary, path);
    return path;
  }
}
