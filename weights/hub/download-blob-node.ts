/** Downloading one file of the Hub into its cache: resumed where it broke off, and never there unless it is whole. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { SourceError } from '../../errors/errors.ts';
import type { DownloadProgress } from '../repositories/repository.ts';
import { type HubFileInfo, type HubRequest, hubFileUrl, hubHeaders, statusError } from './hub-file-info.ts';

const ATTEMPTS = 5;
const FIRST_WAIT_MS = 200;
const SHA256 = /^[0-9a-f]{64}$/;

/** An answer that no further attempt will change. */
class Permanent extends SourceError {}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

/**
 * Downloads a file to `target`.
 *
 * The bytes go to a file of this process's own, which takes over what an interrupted download left behind and leaves
 * its own part for the next one. Only a file of the right length, and for large files the right SHA-256, gets its
 * final name.
 *
 * @throws SourceError after several attempts; the target does not exist then
 */
export async function downloadBlob(
  request: HubRequest,
  file: string,
  info: HubFileInfo,
  target: string,
  onProgress?: (progress: DownloadProgress) => void,
): Promise<void> {
  const left = `${target}.incomplete`;
  const mine = `${target}.${process.pid}.incomplete`;
  const where = `${request.id}/${file}`;
  await rename(left, mine).catch(() => undefined);
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        await continueDownload(request, file, info, mine, onProgress);
        await requireWhole(where, info, mine);
        break;
      } catch (error) {
        if (request.signal?.aborted || error instanceof Permanent) throw error;
        if (attempt === ATTEMPTS) {
          const reason = error instanceof Error ? error.message : String(error);
          throw new SourceError(
            `${where}: expected ${info.size} bytes, got ${reason} in ${ATTEMPTS} attempts`,
            {
              cause: error,
            },
          );
        }
        await wait(FIRST_WAIT_MS * 2 ** (attempt - 1));
      }
    }
    await rename(mine, target);
  } catch (error) {
    await rename(mine, left).catch(() => undefined);
    throw error;
  }
}

async function continueDownload(
  request: HubRequest,
  file: string,
  info: HubFileInfo,
  path: string,
  onProgress: ((progress: DownloadProgress) => void) | undefined,
): Promise<void> {
  const where = `${request.id}/${file}`;
  const start = await sizeOf(path);
  if (start === info.size && start > 0) return;
  const response = await request.fetch(hubFileUrl({ ...request, revision: info.commit }, file), {
    headers: { ...hubHeaders(request), ...(start > 0 && { Range: `bytes=${start}-` }) },
    ...(request.signal && { signal: request.signal }),
  });
  if (response.status === 416) {
    await rm(path, { force: true });
    throw new SourceError(`${where}: expected the rest from byte ${start}, got status 416`);
  }
  if (!response.ok) {
    await response.body?.cancel();
    const error = statusError(where, response, request);
    throw response.status >= 500 || response.status === 429 ? error : new Permanent(error.message);
  }
  const resumed =
    response.status === 206 && response.headers.get('Content-Range')?.startsWith(`bytes ${start}-`) === true;
  const handle = await open(path, resumed ? 'a' : 'w');
  try {
    await receive(response, handle, resumed ? start : 0, (loaded) =>
      onProgress?.({ file, loaded, total: info.size }),
    );
  } finally {
    await handle.close();
  }
}

async function receive(
  response: Response,
  handle: FileHandle,
  start: number,
  onBytes: (loaded: number) => void,
): Promise<void> {
  let loaded = start;
  if (response.body === null) return;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    await handle.write(part.value);
    loaded += part.value.byteLength;
    onBytes(loaded);
  }
}

/** A file that is too short stays for the next attempt; one that is too long or wrong is thrown away. */
async function requireWhole(where: string, { size, etag }: HubFileInfo, path: string): Promise<void> {
  const got = await sizeOf(path);
  if (got < size) throw new SourceError(`${where}: ${got} bytes`);
  if (got > size) {
    await rm(path, { force: true });
    throw new SourceError(`${where}: ${got} bytes`);
  }
  if (!SHA256.test(etag)) return;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  const digest = hash.digest('hex');
  if (digest !== etag) {
    await rm(path, { force: true });
    throw new SourceError(`${where}: a file with SHA-256 ${digest} instead of ${etag}`);
  }
}
