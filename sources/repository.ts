/** Repositories: a model's files by their names, wherever they are. */
import type { Bytes } from '../bytes/bytes-of.ts';
import { SourceError } from '../errors/errors.ts';
import { bool, type OptionsOf, text, value } from '../options/rows.ts';
import { type ByteSource, memorySource } from './byte-source.ts';
import type { DownloadProgress } from './download-progress.ts';

/** A set of files with plain names: a folder, a Hub repository, a place on a server, or memory. */
export interface Repository {
  /** the source as the user named it, for error messages */
  readonly where: string;
  /**
   * @param file a name such as `config.json`
   * @returns the bytes; undefined if there is no such file
   * @throws SourceError if there is one that can't be had
   */
  open(file: string): Promise<ByteSource | undefined>;
  /** the file to take as the weights, if the source named one */
  readonly weightsFile?: string | undefined;
  /**
   * @param folder a folder in it, with a slash at its end; default the whole
   * @returns the names in it, where that can be known, for error messages; a slash stands in those of folders, or behind them
   */
  list(folder?: string): Promise<string[] | undefined>;
}

/** How files are found, fetched and kept. */
export const REPOSITORY_OPTIONS = {
  /** branch, tag or commit of a Hub repository; default the one in its address, or `main` */
  revision: text({ flag: '--revision <name>', help: 'branch, tag or commit of a Hub repository' }),
  /** the folder in the source that all files are in, such as `encoder`; default the source itself */
  subfolder: text({
    flag: '--subfolder <folder>',
    help: 'the folder in the source that all its files are in',
  }),
  /** the Hub's cache folder; default that of `HF_HUB_CACHE`, `HF_HOME`, or `~/.cache/huggingface/hub` */
  cacheDir: text({ flag: '--cache-dir <folder>', help: "folder of the Hub's cache" }),
  /** whether a page keeps what it fetches for the next visit; default where the browser lets it. In Node, `cacheDir` is for that */
  cache: bool(),
  /** a Hub token, empty for none, sent to the Hub alone; default that of `HF_TOKEN` or of the token file in `HF_HOME` */
  token: text(),
  /** use only what is in the cache or on this machine; default whether `HF_HUB_OFFLINE` or `TRANSFORMERS_OFFLINE` is set */
  offline: bool({ flag: '--offline', help: 'use only what is in the cache or on this machine' }),
  /** told what goes on otherwise than was asked for, such as with files of the cache; default `console.warn` */
  onWarning: value<(message: string) => void>(),
  /** called as files arrive: are downloaded, or read where they need no download */
  onProgress: value<(progress: DownloadProgress) => void>(),
  /** ends loading early; what is underway rejects with its reason */
  signal: value<AbortSignal>(),
  /** what fetches; default the platform's `fetch` */
  fetch: value<typeof fetch>(),
};

/** How files are found, fetched and kept. */
export interface RepositoryOptions extends OptionsOf<typeof REPOSITORY_OPTIONS> {}

/** Says that something goes on otherwise than was asked for. */
export function warn({ onWarning = console.warn }: RepositoryOptions, message: string): void {
  onWarning(message);
}

/** Files in memory, by name. */
export type FilesInMemory = Readonly<Record<string, Bytes | Blob>>;

/** Text of more than this is no configuration. */
export const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/**
 * Reads a text file.
 *
 * @returns undefined if there is no such file
 * @throws SourceError if it is absurdly long
 */
export async function readText(repository: Repository, file: string): Promise<string | undefined> {
  const source = await repository.open(file);
  if (source === undefined) return undefined;
  try {
    if (source.size > MAX_TEXT_BYTES) {
      throw new SourceError(
        `${repository.where}/${file}: expected at most ${MAX_TEXT_BYTES} bytes, got ${source.size}`,
      );
    }
    return new TextDecoder().decode(await source.read(0, source.size));
  } finally {
    await source.close();
  }
}

/** A repository of files in memory. */
export function memoryRepository(files: FilesInMemory): Repository {
  return {
    where: 'files in memory',
    async open(file) {
      const bytes = Object.hasOwn(files, file) ? files[file] : undefined;
      return bytes === undefined ? undefined : memorySource(bytes, `files in memory/${file}`);
    },
    list: async (folder = '') =>
      Object.keys(files).flatMap((name) => (name.startsWith(folder) ? [name.slice(folder.length)] : [])),
  };
}
