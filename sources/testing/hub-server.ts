/** A server of the tests' own that speaks the routes of the Hub: metadata, redirects to a store, ranges, errors. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LocalServer } from '../../testing/local-server-node.ts';

/** One file of the repository. */
export interface ServedFile {
  bytes: Uint8Array;
  /** large files are redirected to a store and carry a SHA-256 */
  large?: boolean;
}

/** How the server misbehaves. */
export interface Faults {
  /** cuts the connection after this many bytes, the given number of times */
  dropAfter?: { bytes: number; times: number };
  /** answers downloads with this status, the given number of times */
  failWith?: { status: number; times: number; code?: string };
  /** answers every request with this status */
  alwaysFail?: { status: number; code?: string; headers?: Record<string, string> };
  /** serves other bytes than it announced */
  corrupt?: boolean;
  /** announces fewer bytes than it has */
  announce?: number;
  /** sends no more after this many bytes of a large file, and leaves the connection open */
  stallAfter?: number;
  ignoreRanges?: boolean;
}

/** The commit every revision stands for. */
export const COMMIT = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00';

/** The server, and what it was asked. */
export class HubServer extends LocalServer {
  readonly requests: {
    method: string;
    url: string;
    range: string | undefined;
    authorization: string | undefined;
  }[] = [];
  faults: Faults = {};
  endpoint = '';
  private readonly files: Record<string, ServedFile>;

  constructor(files: Record<string, ServedFile>) {
    super();
    this.files = files;
  }

  override async start(): Promise<this> {
    await super.start();
    this.endpoint = this.origin();
    return this;
  }

  protected answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', headers } = request;
    this.requests.push({ method, url, range: headers.range, authorization: headers.authorization });
    const { alwaysFail } = this.faults;
    if (alwaysFail !== undefined) {
      const { status, code, headers: others } = alwaysFail;
      response.writeHead(status, { ...others, ...(code && { 'X-Error-Code': code }) }).end();
      return;
    }
    if (url.startsWith('/store/')) {
      this.send(request, response, this.files[decodeURIComponent(url.slice('/store/'.length))]);
      return;
    }
    if (url.startsWith('/api/models/owner/model/tree/')) {
      const folder = url.split('/').slice(7).join('/');
      const names = Object.keys(this.files).filter((name) => name.startsWith(folder));
      response.end(JSON.stringify(names.map((path) => ({ type: 'file', path }))));
      return;
    }
    const [, owner, name, , revision, file] =
      /^\/([^/]+)\/([^/]+)\/(resolve)\/([^/]+)\/(.+)$/.exec(url) ?? [];
    if (`${owner}/${name}` !== 'owner/model') {
      response.writeHead(401, { 'X-Error-Code': 'RepoNotFound' }).end();
    } else if (revision !== 'main' && revision !== COMMIT) {
      response.writeHead(404, { 'X-Error-Code': 'RevisionNotFound' }).end();
    } else {
      this.resolve(request, response, file ?? '');
    }
  }

  private resolve(request: IncomingMessage, response: ServerResponse, file: string): void {
    const served = this.files[decodeURIComponent(file)];
    if (served === undefined) {
      response.writeHead(404, { 'X-Error-Code': 'EntryNotFound', 'X-Repo-Commit': COMMIT }).end();
      return;
    }
    const size = String(this.faults.announce ?? served.bytes.length);
    response.setHeader('X-Repo-Commit', COMMIT);
    if (served.large) {
      response.writeHead(302, {
        Location: `/store/${encodeURIComponent(file)}`,
        'X-Linked-Etag': `"${createHash('sha256').update(served.bytes).digest('hex')}"`,
        'X-Linked-Size': size,
        ETag: '"of-the-redirect"',
      });
      response.end();
      return;
    }
    const etag = createHash('sha1').update(served.bytes).digest('hex');
    response.setHeader('ETag', `"${etag}"`);
    if (request.method === 'HEAD') response.writeHead(200, { 'Content-Length': size }).end();
    else this.send(request, response, served);
  }

  private send(request: IncomingMessage, response: ServerResponse, served: ServedFile | undefined): void {
    const { failWith, dropAfter, stallAfter, corrupt, ignoreRanges } = this.faults;
    if (served === undefined) {
      response.writeHead(404).end();
      return;
    }
    if (failWith !== undefined && failWith.times-- > 0) {
      response.writeHead(failWith.status, failWith.code ? { 'X-Error-Code': failWith.code } : {}).end();
      return;
    }
    const bytes = corrupt ? served.bytes.map((byte) => byte ^ 1) : served.bytes;
    const [, from, to] = (!ignoreRanges && /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')) || [];
    const start = Number(from ?? 0);
    const end = to ? Number(to) + 1 : bytes.length;
    const part = bytes.subarray(start, end);
    response.writeHead(from === undefined ? 200 : 206, {
      'Content-Length': part.length,
      ...(from !== undefined && { 'Content-Range': `bytes ${start}-${end - 1}/${bytes.length}` }),
    });
    if (stallAfter !== undefined && served.large) response.write(part.subarray(0, stallAfter));
    else if (dropAfter !== undefined && dropAfter.times-- > 0) {
      // long enough for the bytes to arrive before the connection is gone
      response.write(part.subarray(0, dropAfter.bytes), () => setTimeout(() => response.destroy(), 50));
    } else {
      response.end(part);
    }
  }
}
