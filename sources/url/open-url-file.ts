/** Opening one file on a server: what is kept of it, as long as the server still has the same, else what the server gives. */
import { SourceError } from '../../errors/errors.ts';
import { isNode } from '../../platform/is-node.ts';
import { type ByteSource, memorySource } from '../byte-source.ts';
import { KeptFile } from '../kept/kept-file.ts';
import type { PageCache } from '../kept/page-cache.ts';
import { type RepositoryOptions, warn } from '../repository.ts';
import { firstAnswer } from './first-answer.ts';
import { PieceSource } from './piece-source.ts';
import { FIRST_PIECE_BYTES, pieceCount, pieceStart } from './pieces.ts';
import { type FileFacts, RemoteFile } from './remote-file.ts';
import { type Ask, announcedLength, requests, SilentError, validatorOf } from './requests.ts';

/** A file, and how it is fetched. */
export interface UrlFile {
  readonly target: URL;
  /** its name in the repository, for reports of progress */
  readonly file: string;
  /** the place that the repository's files are below */
  readonly place: string;
  /** none where nothing is kept */
  readonly cache: PageCache | undefined;
  readonly options: RepositoryOptions;
  readonly token: string | undefined;
}

/**
 * Opens a file, from what is kept of it where the server still has the same or can't be reached.
 *
 * @returns undefined if there is no such file
 * @throws SourceError if it can't be had, or, offline, if nothing of its repository is kept
 */
export async function openUrlFile(asked: UrlFile): Promise<ByteSource | undefined> {
  const { target, cache, options, token } = asked;
  // what can not be read there is as good as absent
  const found = await cache?.find(target.href).catch(() => undefined);
  const kept = cache && found && new KeptFile(cache, found.note, found.pieces, options);
  if (options.offline) {
    return kept ? keptSource(asked, kept) : absentOffline(asked);
  }
  // what is kept here need not be kept by the browser too
  const ask = requests(options, cache ? 'no-store' : 'default', token);
  try {
    if (kept && kept.note.size > FIRST_PIECE_BYTES && (await isUnchanged(target, kept, ask))) {
      const onBytes = progressOf(asked, kept.note.size);
      const remote = new RemoteFile(target, kept.note, ask, onBytes);
      return new PieceSource({ where: target.href, size: kept.note.size, remote, kept, onBytes });
    }
    return await openRemote(asked, kept, ask);
  } catch (error) {
    if (!(error instanceof SilentError) || kept === undefined) throw error;
    warn(options, `${error.message}; going on with what this page has kept of it`);
    return keptSource(asked, kept);
  }
}

async function openRemote(
  asked: UrlFile,
  kept: KeptFile | undefined,
  ask: Ask,
): Promise<ByteSource | undefined> {
  const { target, cache } = asked;
  const answer = await firstAnswer(target, ask);
  if (answer === undefined) {
    await cache?.delete((url) => url === target.href).catch(() => undefined);
    return undefined;
  }
  const { size } = answer.facts;
  const onBytes = progressOf(asked, size);
  const now = await keeping(asked, kept, answer.facts);
  if (answer.whole === undefined) {
    const remote = new RemoteFile(target, answer.facts, ask, onBytes, answer.response);
    return new PieceSource({ where: target.href, size, remote, kept: now, onBytes });
  }
  onBytes(size);
  for (let index = 0; index < pieceCount(size); index++) {
    await now?.write(index, answer.whole.subarray(pieceStart(index), pieceStart(index + 1)));
  }
  return memorySource(answer.whole);
}

/** Where pieces of this version are kept; nowhere if nothing would tell it from the next. */
async function keeping(
  { target, cache, options }: UrlFile,
  kept: KeptFile | undefined,
  { validator, ...facts }: FileFacts,
): Promise<KeptFile | undefined> {
  if (kept !== undefined && kept.note.validator === validator && kept.note.size === facts.size) return kept;
  if (cache === undefined || validator === undefined) return undefined;
  const note = { ...facts, validator, url: target.href, since: Date.now() };
  const begun = new KeptFile(cache, note, new Set(), options);
  return (await begun.begin()) ? begun : undefined;
}

/** Whether a server still has the version that is kept; its bytes are not asked for. */
async function isUnchanged(target: URL, { note }: KeptFile, ask: Ask): Promise<boolean> {
  const response = await ask(target, { method: 'HEAD' });
  await response.body?.cancel();
  const size = announcedLength(response) ?? note.size;
  return response.ok && size === note.size && validatorOf(response) === note.validator;
}

function keptSource(asked: UrlFile, kept: KeptFile): ByteSource {
  const { size } = kept.note;
  const where = asked.target.href;
  return new PieceSource({ where, size, remote: undefined, kept, onBytes: progressOf(asked, size) });
}

/** Of a repository of which files are kept, one that is not is taken to be absent, as in the Hub's cache. */
async function absentOffline({ target, place, cache, options }: UrlFile): Promise<undefined> {
  const all = (await cache?.list().catch(() => undefined)) ?? [];
  if (!all.some(({ note }) => note.url.startsWith(place))) {
    const whose = isNode()
      ? 'of which Node keeps none: download the files into a folder'
      : 'of which this page has kept nothing: load it once without offline';
    throw new SourceError(`${target.href}: offline: expected files on this machine, got a URL, ${whose}`);
  }
  warn(
    options,
    `${target.href} is not kept by this page; offline, it is taken to be absent from the server too`,
  );
}

/** Counts bytes, and reports them. */
function progressOf({ file, options }: UrlFile, total: number): (count: number) => void {
  let loaded = 0;
  return (count) => {
    loaded += count;
    if (count > 0) options.onProgress?.({ file, loaded: Math.min(loaded, total), total });
  };
}
