/** A server of files on this machine, with ranges and ETags, that counts what it is asked for. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { CONTENT_TYPES, ISOLATED, LocalServer } from '../../testing/local-server-node.ts';

/** What was asked for, and how much of it was sent. */
export interface Traffic {
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
  readonly bytes: number;
}

/** Serves folders under the first parts of their addresses. */
export class FileServer extends LocalServer {
  /** since it was emptied last */
  readonly traffic: Traffic[] = [];
  private readonly folders: Readonly<Record<string, string>>;

  constructor(folders: Readonly<Record<string, string>>) {
    super();
    this.folders = folders;
  }

  protected async answer(
    { method = '', url = '', headers }: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const path = normalize(decodeURIComponent(new URL(url, 'http://host').pathname));
    const [, folder = '', ...rest] = path.split('/');
    const note = (bytes: number): void => {
      this.traffic.push({ method, path, range: headers.range, bytes });
    };
    for (const [name, value] of Object.entries(ISOLATED)) response.setHeader(name, value);
    const place = this.folders[folder];
    const file = join(place ?? '/nowhere', ...rest);
    const { size, mtimeMs } = await stat(file).catch((error: unknown) => {
      note(0);
      throw error;
    });
    const etag = `"${size}-${mtimeMs}"`;
    response.setHeader('ETag', etag);
    response.setHeader('Accept-Ranges', 'bytes');
    response.setHeader('Content-Type', CONTENT_TYPES[extname(file)] ?? 'application/octet-stream');
    if (headers['if-none-match'] === etag) {
      note(0);
      response.writeHead(304).end();
      return;
    }
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
    const start = Number(from ?? 0);
    const end = Math.min(size, to ? Number(to) + 1 : size);
    response.setHeader('Content-Length', end - start);
    if (from !== undefined) response.setHeader('Content-Range', `bytes ${start}-${end - 1}/${size}`);
    response.writeHead(from === undefined ? 200 : 206);
    note(method === 'HEAD' ? 0 : end - start);
    if (method === 'HEAD') response.end();
    else createReadStream(file, { start, end: end - 1 }).pipe(response);
  }
}
