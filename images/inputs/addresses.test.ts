/** Images from servers, by their URLs or as what fetch gave, and addresses with nothing behind them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OptionError, SourceError } from '../../errors/errors.ts';
import { BMP, pixelsOf, RGB } from './testing/small-image.ts';

const answers: Record<string, RequestListener> = {
  '/image.bmp': (_, response) => response.end(BMP),
  '/page.jpg': (_, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html>'),
  '/broken': (_, response) =>
    response.writeHead(200, { 'Content-Length': 99 }).write('BM', () => response.destroy()),
  '/slow': (_, response) => void response.write('BM'),
};
const server = createServer((request, response) => {
  const answer = answers[request.url ?? ''];
  if (answer) answer(request, response);
  else response.writeHead(404, 'Not Found').end('no such image');
});
let root = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('a URL, as text or as an object, and its answer', async () => {
  const url = `${root}/image.bmp`;
  for (const image of [url, new URL(url), await fetch(url)])
    expect((await pixelsOf(image)).data).toEqual(RGB);
});

test('a fetch of the caller', async () => {
  const asked: unknown[] = [];
  const options = {
    fetch: async (address: unknown) => {
      asked.push(address);
      return new Response(BMP);
    },
  };
  expect((await pixelsOf(['https://there/a.bmp', BMP], options)).shape[0]).toBe(2);
  expect(asked).toEqual(['https://there/a.bmp']);
  await expect(pixelsOf(BMP, { fetched: true })).rejects.toThrow(
    /among fetch, signal, names, .* got fetched; write fetch/,
  );
});

test.each([
  ['/none.jpg', /\/none\.jpg: expected status 200, got 404 Not Found$/],
  ['/page.jpg', /\/page\.jpg: expected an image, got an HTML page; give the image's own address$/],
  ['/broken', /\/broken: expected an answer, got /],
])('%s is refused by its address', async (path, message) => {
  await expect(pixelsOf(root + path)).rejects.toThrow(SourceError);
  await expect(pixelsOf(root + path)).rejects.toThrow(message);
  await expect(pixelsOf(await fetch(root + path), { names: ['mine'] })).rejects.toThrow(/^mine: expected /);
});

test('a server that is not there, and one that is too slow', async () => {
  await expect(pixelsOf('http://127.0.0.1:1/a.jpg')).rejects.toThrow(/a\.jpg: expected an answer, got ./);
  await expect(pixelsOf(`${root}/slow`, { signal: AbortSignal.timeout(50) })).rejects.toThrow();
});

test('an answer that is read, and one that may not be', async () => {
  const read = new Response(BMP);
  await read.arrayBuffer();
  await expect(pixelsOf(read)).rejects.toThrow(
    /unread, got one that is read; pass what was read, or its clone\(\)/,
  );
  await expect(pixelsOf(Response.error())).rejects.toThrow(SourceError);
});

test('an answer of more bytes than images have is given up', async () => {
  const piece = new Uint8Array(2 ** 28);
  let sent = 0;
  const body = new ReadableStream({
    pull(controller) {
      sent++;
      controller.enqueue(piece);
    },
  });
  await expect(pixelsOf(new Response(body))).rejects.toThrow(/at most 1073741824 bytes, got more/);
  expect(sent).toBeLessThan(8);
});

test.each([
  [
    'no-such-file.jpg',
    SourceError,
    /^no-such-file\.jpg: expected a path, a URL or a data URI, got no such file in \/.*$/,
  ],
  ['x'.repeat(5000), SourceError, /^image 0: expected a path, .*, got no such file in \/.*$/],
  ['.', SourceError, /^\.: expected a file, got a folder$/],
  ['file://elsewhere/a.jpg', SourceError, /expected the URL of a file of this machine/],
  ['blob:nodedata:gone', SourceError, /expected an answer, got/],
  ['data:image/png;base64', SourceError, /got no comma/],
  ['data:image/png;base64,%%%', SourceError, /expected a data URI in base64, got other characters/],
  [
    `/9j/${'A'.repeat(100)}`,
    OptionError,
    /got base64; pass Buffer\.from\(text, 'base64'\) or `data:;base64,/,
  ],
])('%.40s is no address of an image', async (address, kind, message) => {
  await expect(pixelsOf(address)).rejects.toThrow(kind);
  await expect(pixelsOf(address)).rejects.toThrow(message);
});

test('a pipe that nobody writes to is not waited for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pipe-'));
  try {
    execFileSync('mkfifo', [join(folder, 'a.jpg')]);
    await expect(pixelsOf(join(folder, 'a.jpg'))).rejects.toThrow(
      /a\.jpg: expected a file, got something else$/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a data URI of a hundred megabytes is read in a moment', async () => {
  const uri = `data:;base64,${'A'.repeat(100_000_000)}`;
  await expect(pixelsOf(uri)).rejects.toThrow(/expected an image in one of .*, got zeros/);
});

test('a data URI may have its base64 percent-encoded', async () => {
  const base64 = Buffer.from(BMP).toString('base64');
  const escaped = Array.from(base64, (c) => `%${c.charCodeAt(0).toString(16)}`).join('');
  expect((await pixelsOf(`data:;base64,${escaped}`)).data).toEqual(RGB);
});
