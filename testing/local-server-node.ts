/** HTTP servers of tests and benchmarks, on a free port of this machine. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Headers of pages whose threads may share memory. */
export const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Content types of what browsers are particular about, by the endings of files. */
export const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};

/** A server, of which a class of its own says what it answers. */
export abstract class LocalServer {
  private readonly server: Server = createServer(async (request, response) => {
    try {
      await this.answer(request, response);
    } catch {
      response.writeHead(404).end();
    }
  });

  /** @throws where there is nothing to answer: status 404 */
  protected abstract answer(request: IncomingMessage, response: ServerResponse): void | Promise<void>;

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  /** Ends it, with what is underway. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** @returns where it is, without a slash at the end; `localhost` is another origin than `127.0.0.1` */
  origin(host: '127.0.0.1' | 'localhost' = '127.0.0.1'): string {
    return `http://${host}:${(this.server.address() as AddressInfo).port}`;
  }
}
