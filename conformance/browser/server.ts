/** The test server: the pages of a folder under the headers of each set-up, and the repository's files beside them. */
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { registerSimd } from '../../backends/simd/register.ts';
import { BitImageProcessor } from '../../images/image-processor.ts';
import { CONTENT_TYPES, ISOLATED, LocalServer } from '../../testing/local-server-node.ts';
import { type Learnt, learnDigits } from './learn-digits.ts';
import type { Headers } from './set-ups.ts';

const HEADERS: Record<Headers, Record<string, string>> = {
  isolated: ISOLATED,
  plain: {},
  'strict-policy': {
    ...ISOLATED,
    'Content-Security-Policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src data:",
  },
};

/** Serves on a free port of this machine. */
export class TestServer extends LocalServer {
  private readonly root: string;
  private readonly pages: string;
  private readonly processor = new BitImageProcessor();
  private learnt: Promise<Learnt> | undefined;

  /**
   * @param root the repository
   * @param pages the folder with the pages: `index.html`, and what else is asked for
   */
  constructor(root: string, pages: string) {
    super();
    this.root = root;
    this.pages = pages;
  }

  /** Where everything is found under the headers of a set-up; `localhost` is another origin than `127.0.0.1`. */
  address(headers: Headers, host?: 'localhost'): string {
    return `${this.origin(host)}/${headers}/`;
  }

  protected async answer({ url = '', headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, kind = '', ...rest] = normalize(decodeURIComponent(new URL(url, 'http://host').pathname)).split(
      '/',
    );
    for (const [name, value] of Object.entries(HEADERS[kind as Headers])) response.setHeader(name, value);
    // another origin may read the files, but not Content-Range
    response.setHeader('Access-Control-Allow-Origin', '*');
    const path = rest.join('/') || 'index.html';
    response.setHeader('Content-Type', CONTENT_TYPES[extname(path)] ?? 'application/octet-stream');
    const bytes = await this.read(path);
    // without it, nothing would be kept between visits
    if (rest[0] === 'models') response.setHeader('ETag', `"${bytes.length}"`);
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    if (from === undefined || to === undefined) {
      response.end(bytes);
      return;
    }
    const end = Math.min(bytes.length, Number(to) + 1);
    response.setHeader('Content-Range', `bytes ${from}-${end - 1}/${bytes.length}`);
    response.writeHead(206).end(bytes.subarray(Number(from), end));
  }

  private async read(path: string): Promise<Uint8Array> {
    const [folder, ...rest] = path.split('/');
    const below = rest.join('/');
    switch (folder) {
      case 'fixtures':
        return readFile(join(this.root, 'conformance/fixtures', below));
      case 'models':
        return readFile(join(this.root, 'models', below));
      case 'onnxruntime-web':
        return readFile(join(this.root, 'node_modules/onnxruntime-web/dist', below));
      case 'images':
        return readFile(join(this.root, 'examples/pictures', below));
      case 'pixel-values': {
        const image = await readFile(join(this.root, 'examples/pictures', below));
        const { data } = (await this.processor.preprocess(image)).pixelValues;
        return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      }
      case 'learnt': {
        this.learnt ??= this.learn();
        return (await this.learnt).files[below] ?? new Uint8Array();
      }
      default:
        return readFile(join(this.pages, path));
    }
  }

  /** What a page should learn of the same images. */
  private async learn(): Promise<Learnt> {
    await registerSimd({ relaxed: false });
    const folder = join(this.root, 'examples/pictures/digit-classes');
    const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.png'));
    const files = paths.map(async (path) => {
      return { path, file: new Blob([new Uint8Array(await readFile(join(folder, path)))]) };
    });
    return learnDigits(join(this.root, 'models/digits'), await Promise.all(files));
  }
}
