/** Downloading one file of the Hub into its cache: resumed where it broke off, and never there unless it is whole. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { codeOf } from '../../errors/code-of.ts';
import { SourceError } from '../../errors/errors.ts';
import type { DownloadProgress } from '../download-progress.ts';
import { networkReason } from '../read-body.ts';
import { hubFileUrl } from './hub-address.ts';
import type { HubFileInfo } from './hub-file-info.ts';
import { askHub, BusyError, type HubRequest, statusError } from './hub-request.ts';
import { waitToRetry } from './wait-to-retry-node.ts';

const SHA256 = /^[0-9a-f]{64}$/;

/** Files of more than this are stored as large ones, which have a SHA-256; a small one without a size has no more. */
const MAX_SMALL_BYTES = 64 * 1024 * 1024;

const DISK_ERRORS = new Set([
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EACCES',
  'EPERM',
  'EIO',
  'ENOTDIR',
  'EISDIR',
  'EEXIST',
  'ENAMETOOLONG',
]);

/** An answer that no further attempt will change. */
class Permanent extends SourceError {}

/** Whether the disk is what failed: full, gone, or not to be written. */
export function isOfFileSystem(error: unknown): error is { code: string } {
  return DISK_ERRORS.has(String(codeOf(error)));
}

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
 * The bytes go to a file of this call's own, which takes over what an interrupted download left behind and leaves
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
  const mine = `${target}.${randomUUID()}.incomplete`;
  const where = `${request.id}/${file}`;
  await rename(left, mine).catch(() => undefined);
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        const size = await continueDownload(request, file, info, mine, onProgress);
        await requireWhole(where, size, info.etag, mine);
        break;
      } catch (error) {
        if (request.signal?.aborted || error instanceof Permanent || isOfFileSystem(error)) throw error;
        if (await waitToRetry(attempt, error, request.signal)) continue;
        throw new SourceError(
          `${where}: expected ${info.size ?? 'all its'} bytes, got ${networkReason(error)} in ${attempt} attempts`,
          { cause: error },
        );
      }
    }
    await rename(mine, target).catch(async (error: unknown) => {
      // on Windows another process may have it open already
      if ((await sizeOf(target)) === 0) throw error;
      await rm(mine, { force: true });
    });
  } catch (error) {
    await rename(mine, left).catch(() => undefined);
    throw error;
  }
}

/** @returns how many bytes the whole file has, as far as that is known */
async function continueDownload(
  request: HubRequest,
  file: string,
  info: HubFileInfo,
  path: string,
  onProgress: ((progress: DownloadProgress) => void) | undefined,
): Promise<number | undefined> {
  const where = `${request.id}/${file}`;
  const start = await sizeOf(path);
  if (start === info.size && start > 0) return info.size;
  const url = hubFileUrl({ ...request, revision: info.commit }, file);
  const headers = { ...(start > 0 && { Range: `bytes=${start}-` }) };
  const response = await askHub(request, url, { method: 'GET', headers, signal: request.signal }, () => true);
  if (response.status === 416) {
    await rm(path, { force: true });
    throw new SourceError(`${where}: expected the rest from byte ${start}, got status 416`);
  }
  if (!response.ok) {
    await response.body?.cancel();
    const error = statusError(where, response, request);
    throw error instanceof BusyError ? error : new Permanent(error.message);
  }
  const range = response.headers.get('Content-Range');
  const resumed = response.status === 206 && start > 0;
  if (response.status === 206 && !range?.startsWith(`bytes ${start}-`)) {
    await response.body?.cancel();
    throw new SourceError(`${where}: bytes from ${start}, got ${range ?? 'no Content-Range'}`);
  }
  const size = info.size ?? announcedSize(response);
  const most = mostBytes(size, info.etag);
  const handle = await open(path, resumed ? 'a' : 'w');
  try {
    await receive(response, handle, resumed ? start : 0, (loaded) => {
      onProgress?.({ file, loaded, total: size });
      // one byte too many is enough to know; the rest may have no end
      return loaded <= most;
    });
  } finally {
    await handle.close();
  }
  return size;
}

/** How many bytes a file may have. */
function mostBytes(size: number | undefined, etag: string): number {
  return size ?? (SHA256.test(etag) ? Number.POSITIVE_INFINITY : MAX_SMALL_BYTES);
}

/** The bytes of the whole file, as the answer that has it, or a part of it, says. */
function announcedSize({ status, headers }: Response): number | undefined {
  if ((headers.get('Content-Encoding') ?? 'identity') !== 'identity') return undefined;
  const text = status === 206 ? headers.get('Content-Range')?.split('/')[1] : headers.get('Content-Length');
  return text && /^\d+$/.test(text) ? Number(text) : undefined;
}

async function receive(
  response: Response,
  handle: FileHandle,
  start: number,
  onBytes: (loaded: number) => boolean,
): Promise<void> {
  let loaded = start;
  if (response.body === null) return;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    await handle.appendFile(part.value);
    loaded += part.value.byteLength;
    if (!onBytes(loaded)) {
      await reader.cancel();
      return;
    }
  }
}

/** A file that is too short stays for the next attempt; one that is too long or wrong is thrown away. */
async function requireWhole(
  where: string,
  size: number | undefined,
  etag: string,
  path: string,
): Promise<void> {
  const got = await sizeOf(path);
  if (size !== undefined && got < size) throw new SourceError(`${where}: ${got} bytes`);
  if (got > mostBytes(size, etag)) {
    await rm(path, { force: true });
    throw new SourceError(`${where}: ${got} bytes or more`);
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
