/** The file that `embed` makes, from the first vector to the name it has in the end. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { EmbeddingsJournal } from './embeddings-journal.ts';
import { fileVersion } from './file-version.ts';
import {
  type Embedding,
  type EmbeddingsFormat,
  embeddingsFile,
  embeddingsFormat,
  namesFile,
} from './formats/embeddings.ts';
import { whenStopped } from './interruption.ts';
import { type RunSettings, requireSettings, settingsIn } from './journal-lines.ts';
import { note } from './messages.ts';
import { lockOutput } from './output-lock.ts';
import { requireWritable, writeError, writeOutput } from './write-file.ts';

/** The list of names beside a file that has no room for them. */
const namesPath = (path: string): string => `${path}.names.txt`;

/**
 * Refuses an output that could not be written, before hours of work are done for it.
 *
 * @throws OptionError if its ending stands for no format; SourceError if its folder is missing or closed, or a folder has its name
 */
export async function requireOutput(path: string): Promise<void> {
  const { withoutNames } = embeddingsFormat(path);
  await requireWritable(path);
  if (withoutNames) await requireWritable(namesPath(path));
}

/**
 * Collects vectors in a journal beside the file (`F.npy.part`), and makes the file of it when all are there: it is whole or
 * absent, and what was computed is kept however the process ends.
 */
export class EmbeddingsOutput {
  private readonly path: string;
  private readonly format: EmbeddingsFormat;
  private readonly images: readonly string[];
  private readonly journal: EmbeddingsJournal;
  private readonly release: () => void;
  /** of files that are still to be read, from before they are */
  private readonly versions = new Map<string, string>();
  private closed = false;

  /**
   * @param images all that were asked for, in the order in which they are to stand
   * @param settings what vectors depend on, beside the images
   * @param resume whether to go on with what an earlier run left
   * @throws SourceError if another run writes the file, the earlier one had other settings, something else has the journal's
   *   name, or nothing can be written
   */
  constructor(path: string, images: readonly string[], settings: RunSettings, resume: boolean) {
    this.path = path;
    this.images = images;
    this.format = embeddingsFormat(path);
    this.release = lockOutput(path);
    for (const image of images) {
      const version = fileVersion(image);
      if (version !== undefined) this.versions.set(image, version);
    }
    try {
      this.journal = this.open(settings, resume);
    } catch (error) {
      this.release();
      throw error;
    }
    whenStopped(() => this.close());
  }

  /** The images that are still to be computed, each once. */
  get missing(): string[] {
    return [...new Set(this.images)].filter((image) => !this.journal.has(image));
  }

  /** @throws SourceError if they can't be kept */
  append(embedding: Embedding): void {
    this.journal.append({ ...embedding, version: this.versions.get(embedding.image) });
    this.versions.delete(embedding.image);
  }

  /**
   * Makes the file of all images that could be read, unless there is none.
   *
   * @throws SourceError if it can't be written; what was computed is kept
   */
  async finish(): Promise<void> {
    const done = this.images.filter((image) => this.journal.has(image));
    const [first] = done;
    if (first === undefined) return;
    await this.journal.reading(async (read) => {
      if (this.format.withoutNames) await writeOutput(namesPath(this.path), namesFile(done));
      await writeOutput(this.path, embeddingsFile(this.format, done, read));
      note(`wrote ${done.length} embeddings of ${read(first).length} values to ${this.path}`);
    });
    this.journal.remove();
    rmSync(this.setAside, { force: true });
    this.closed = true;
    this.release();
  }

  /** Ends the work wherever it is, and says how to go on with it; nothing after `finish`, and the second time. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    const { size, path } = this.journal;
    if (size === 0) this.journal.remove();
    else if (existsSync(path)) {
      note(
        `${this.path}: ${size} of ${this.images.length} images are kept in ${path}; the same command with --resume goes on`,
      );
    }
    this.release();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private open(settings: RunSettings, resume: boolean): EmbeddingsJournal {
    const path = `${this.path}.part`;
    const before = settingsIn(path);
    // what is put aside is removed in the end
    settingsIn(this.setAside);
    if (before === undefined) return EmbeddingsJournal.begin(path, settings);
    if (!resume) {
      try {
        renameSync(path, this.setAside);
      } catch (error) {
        throw writeError(path, error);
      }
      note(
        `${this.path}: starting again, without what an earlier run left, which is ${this.setAside} now; to go on with that, rename it to ${path} and add --resume`,
      );
      return EmbeddingsJournal.begin(path, settings);
    }
    requireSettings(path, before, settings);
    const changed = new Set<string>();
    const journal = EmbeddingsJournal.resume(path, ({ image, version }) => {
      const now = this.versions.get(image) ?? version;
      const isCurrent = version === undefined || now === version;
      if (isCurrent) changed.delete(image);
      else changed.add(image);
      return isCurrent;
    });
    const again = changed.size === 0 ? '' : `; ${changed.size} changed since, and will be computed again`;
    note(`${this.path}: going on after ${journal.size} of ${this.images.length} images${again}`);
    return journal;
  }

  private get setAside(): string {
    return `${this.path}.part.old`;
  }
}
