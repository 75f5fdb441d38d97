/** The host of the site, below a path of its own, and a host of models at another origin, which can be slow or break off. */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { CONTENT_TYPES, ISOLATED, LocalServer } from '../../testing/local-server-node.ts';

/** What the site is served with. */
export type Headers = 'isolated' | 'plain';

const CHUNK = 256 * 1024;

/** Files of models by their paths, such as `small/config.json`. */
export type ModelFiles = Readonly<Record<string, Uint8Array>>;

export class SiteServer extends LocalServer {
  /** milliseconds that every 256 kB of a model take */
  delay = 0;
  /** how many answers are to break off, and after how many bytes */
  cut = { times: 0, after: 0 };
  /** whether the files of the site are gone, as after it was built anew */
  isRebuilt = false;
  /** ranges of weights that were asked for, or `all` */
  readonly asked: string[] = [];
  private readonly site: string;
  private readonly models: ModelFiles;

  /** @param site the folder of the built site */
  constructor(site: string, models: ModelFiles) {
    super();
    this.site = site;
    this.models = models;
  }

  /** Where the site is. */
  address(headers: Headers): string {
    return `${this.origin()}/${headers}/below/a/path/`;
  }

  /** Where a model is: at another origin than the site. */
  model(name: string): string {
    return `${this.origin('localhost')}/models/${name}/`;
  }

  protected async answer(
    { url = '', method, headers }: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const [, kind = '', ...rest] = normalize(new URL(url, 'http://host').pathname).split('/');
    if (kind === 'models') {
      await this.answerModel(rest.join('/'), method, headers.range, response);
      return;
    }
    if (this.isRebuilt) throw new Error('gone');
    const file = rest.slice(3).join('/') || 'index.html';
    if (kind === 'isolated')
      for (const [name, value] of Object.entries(ISOLATED)) response.setHeader(name, value);
    response.setHeader('Content-Type', CONTENT_TYPES[extname(file)] ?? 'application/octet-stream');
    response.end(await readFile(join(this.site, file)));
  }

  private async answerModel(
    path: string,
    method: string | undefined,
    range: string | undefined,
    response: ServerResponse,
  ): Promise<void> {
    const bytes = this.models[path];
    // a server that allows no other page
    if (!path.startsWith('closed/')) response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Headers', '*');
    response.setHeader('Access-Control-Expose-Headers', 'ETag, Content-Range, Content-Length');
    if (bytes === undefined || method === 'OPTIONS') {
      response.writeHead(bytes === undefined ? 404 : 204).end();
      return;
    }
    if (path.endsWith('.safetensors') && method === 'GET') this.asked.push(range ?? 'all');
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
    const start = Number(from ?? 0);
    const part = bytes.subarray(start, to ? Number(to) + 1 : bytes.length);
    response.writeHead(from === undefined ? 200 : 206, {
      ETag: `"${path}-${bytes.length}"`,
      'Content-Length': part.length,
      ...(from !== undefined && {
        'Content-Range': `bytes ${start}-${start + part.length - 1}/${bytes.length}`,
      }),
    });
    if (method === 'HEAD') response.end();
    else await this.send(part, response);
  }

  private async send(part: Uint8Array, response: ServerResponse): Promise<void> {
    const { after } = this.cut;
    const breaksOff = part.length > after && this.cut.times > 0;
    if (breaksOff) this.cut.times--;
    for (let at = 0; at < part.length && !response.destroyed; at += CHUNK) {
      if (breaksOff && at > after) return void response.destroy();
      response.write(part.subarray(at, at + CHUNK));
      if (this.delay > 0) await new Promise((resolve) => setTimeout(resolve, this.delay));
    }
    response.end();
  }
}
