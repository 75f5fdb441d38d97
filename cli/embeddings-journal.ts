/** The journal of `embed`: what a run has computed, a line for each image, so that another can go on after it. */
import { closeSync, fdatasyncSync, openSync, readSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { SourceError } from '../lib/index.ts';
import {
  embeddingLine,
  type JournalEntry,
  parseEmbeddingLine,
  type RunSettings,
  settingsLine,
  wholeLines,
} from './journal-lines.ts';
import { writeError } from './write-file.ts';

/** Where the line of an image is. */
interface Place {
  offset: number;
  length: number;
}

/** Lines of so many milliseconds are lost at most where the power fails; writing them through costs one some 20 ms on a slow disk. */
const SYNC_MS = 5000;

/**
 * A text file: settings in the first line, then a line for each image, with its name and its vector in base64.
 *
 * A line counts when it is whole, so a process may end at any moment. The file is opened for each: one that is taken away
 * meanwhile is missed at once.
 */
export class EmbeddingsJournal {
  readonly path: string;
  private readonly places = new Map<string, Place>();
  private end = 0;
  private synced = performance.now();

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Begins a journal; one that is there is lost.
   *
   * @throws SourceError if it can't be written
   */
  static begin(path: string, settings: RunSettings): EmbeddingsJournal {
    const journal = new EmbeddingsJournal(path);
    journal.write(settingsLine(settings), 'w');
    return journal;
  }

  /**
   * Goes on with a journal; a line at its end that is not whole is cut off, and damaged ones are passed over.
   *
   * @param path of one that has a first line
   * @param isCurrent whether what is kept of an image is of the image as it is now
   * @throws SourceError if it can't be read, or written
   */
  static resume(path: string, isCurrent: (entry: JournalEntry) => boolean): EmbeddingsJournal {
    const journal = new EmbeddingsJournal(path);
    try {
      for (const line of wholeLines(path)) {
        const length = line.length + 1;
        const entry = journal.end === 0 ? undefined : parseEmbeddingLine(line.toString());
        if (entry !== undefined) journal.places.delete(entry.image);
        if (entry !== undefined && isCurrent(entry)) {
          journal.places.set(entry.image, { offset: journal.end, length });
        }
        journal.end += length;
      }
      truncateSync(path, journal.end);
    } catch (error) {
      throw writeError(path, error);
    }
    return journal;
  }

  /** How many images are in it. */
  get size(): number {
    return this.places.size;
  }

  /** Whether an image is in it. */
  has(image: string): boolean {
    return this.places.has(image);
  }

  /** @throws SourceError if the file is gone, or the disk is full */
  append(entry: JournalEntry): void {
    const offset = this.end;
    this.write(embeddingLine(entry), 'r+');
    this.places.set(entry.image, { offset, length: this.end - offset });
  }

  /**
   * Opens the journal for reading.
   *
   * @param use is given what reads the vector of an image that is in it
   */
  async reading(use: (read: (image: string) => Float32Array) => Promise<void>): Promise<void> {
    const file = openSync(this.path, 'r');
    try {
      await use((image) => {
        const { offset, length } = this.places.get(image) ?? { offset: 0, length: 0 };
        const bytes = Buffer.alloc(length);
        readSync(file, bytes, 0, length, offset);
        const found = parseEmbeddingLine(bytes.toString());
        if (found !== undefined) return found.vector;
        throw new SourceError(`${this.path}: expected the line of ${image}, got something else`);
      });
    } finally {
      closeSync(file);
    }
  }

  /** Removes the file. */
  remove(): void {
    rmSync(this.path, { force: true });
  }

  private write(text: string, flag: 'w' | 'r+'): void {
    const bytes = Buffer.from(text);
    try {
      const file = openSync(this.path, flag);
      try {
        let written = 0;
        while (written < bytes.length) {
          written += writeSync(file, bytes, written, bytes.length - written, this.end + written);
        }
        if (performance.now() - this.synced > SYNC_MS) {
          fdatasyncSync(file);
          this.synced = performance.now();
        }
      } finally {
        closeSync(file);
      }
    } catch (error) {
      throw writeError(this.path, error);
    }
    this.end += bytes.length;
  }
}
