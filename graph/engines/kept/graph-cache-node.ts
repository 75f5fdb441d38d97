/** The folder in which graphs are kept between starts. */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SourceError } from '../../../errors/errors.ts';
import { writeWhole } from '../../../weights/write/write-whole-node.ts';
import {
  type GraphNote,
  isSound,
  type KeptGraph,
  modelPath,
  readEntry,
  removeEntry,
  touch,
  writeEntry,
} from './graph-entry-node.ts';

/** The name of an entry. */
const KEY = /^[0-9a-f]{32}$/;
/** What a program that was killed left behind. */
const LEFT = /^\.[0-9a-f]{32}\.(partial|old)-/;
const LEFT_AFTER_MS = 3600e3;

/** Folders that are being written. */
const partial = new Set<string>();

/** Removes at once what is being written: for programs that are about to be ended. */
export function removePartialGraphs(): void {
  for (const folder of partial) rmSync(folder, { recursive: true, force: true });
}

/**
 * Graphs by their keys. An entry appears at once and whole, whoever else is writing it, is never changed, and goes at once; so
 * programs may share the folder, and may be killed.
 */
export class GraphCache {
  readonly folder: string;
  private readonly limit: number;
  private readonly onWarning: (message: string) => void;

  /**
   * @param limit bytes
   * @param onWarning told why a graph is not kept
   */
  constructor(folder: string, limit: number, onWarning: (message: string) => void) {
    this.folder = folder;
    this.limit = limit;
    this.onWarning = onWarning;
  }

  /** The name of the graph that depends on all this, and on nothing else. */
  keyOf(facts: object): string {
    return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
  }

  /** The file of a graph; undefined if there is none, or a damaged one, which is removed. */
  async find(key: string): Promise<string | undefined> {
    const folder = join(this.folder, key);
    if (await isSound(folder)) {
      await touch(folder);
      return modelPath(folder);
    }
    await removeEntry(folder);
    return undefined;
  }

  /**
   * Keeps a graph, in the place of those that were used longest ago where there is no room.
   *
   * @param write writes the engine's files, of which the first is at the path
   * @returns the file; undefined if it could not be kept, which a warning says
   * @throws what `write` throws, but for a SourceError
   */
  async add(
    key: string,
    note: GraphNote,
    write: (path: string) => Promise<void>,
  ): Promise<string | undefined> {
    const folder = join(this.folder, key);
    try {
      await writeWhole(folder, {}, async (temporary) => {
        partial.add(temporary);
        const size = await writeEntry(temporary, note, write).finally(() => partial.delete(temporary));
        if (size > this.limit) {
          throw new SourceError(
            `${folder}: expected at most ${this.limit} bytes, got ${size}; raise graphCacheSize`,
          );
        }
      });
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      // another program may have kept the same meanwhile
      if (await isSound(folder)) return modelPath(folder);
      this.onWarning(
        `${error.message}; the graph is not kept for the next start: name another folder with graphCacheDir, or turn keeping off with graphCache: false`,
      );
      return undefined;
    }
    await this.makeRoom(folder);
    return modelPath(folder);
  }

  /** Removes a graph that can't be used. */
  async remove(key: string): Promise<void> {
    await removeEntry(join(this.folder, key));
  }

  /** Every graph, the one that was used last first. */
  async list(): Promise<KeptGraph[]> {
    const names = (await this.names()).filter((name) => KEY.test(name));
    const entries = await Promise.all(names.map((name) => readEntry(join(this.folder, name))));
    return entries.filter((entry) => entry !== undefined).sort((a, b) => b.used.getTime() - a.used.getTime());
  }

  /** Deletes graphs. */
  async delete(isChosen: (graph: KeptGraph) => boolean): Promise<KeptGraph[]> {
    const chosen = (await this.list()).filter(isChosen);
    for (const { path } of chosen) await removeEntry(path);
    return chosen;
  }

  private async makeRoom(newest: string): Promise<void> {
    const entries = await this.list();
    let room = this.limit;
    for (const { path, size } of entries) if (path === newest) room -= size;
    for (const { path, size } of entries.filter((entry) => entry.path !== newest)) {
      if (size > room) await removeEntry(path);
      room -= size;
    }
    for (const name of (await this.names()).filter((each) => LEFT.test(each))) {
      const left = join(this.folder, name);
      const made = await stat(left).catch(() => undefined);
      if (made && Date.now() - made.mtimeMs > LEFT_AFTER_MS) await rm(left, { recursive: true, force: true });
    }
  }

  private async names(): Promise<string[]> {
    return readdir(this.folder).catch(() => []);
  }
}
