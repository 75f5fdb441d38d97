import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SourceError } from '../../errors/errors.ts';
import { type RepositoryOptions, readText } from '../repository.ts';
import { COMMIT, HubServer } from '../testing/hub-server.ts';
import { hubRepository } from './hub-repository-node.ts';

const large = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) & 255);
const config = new TextEncoder().encode('{"model_type": "dinov2"}');

let server: HubServer;
let cacheDir: string;

beforeEach(async () => {
  server = await new HubServer({
    'config.json': { bytes: config },
    'model.safetensors': { bytes: large, large: true },
  }).start();
  cacheDir = mkdtempSync(join(tmpdir(), 'dinov2-hub-'));
  process.env.HF_ENDPOINT = server.endpoint;
});

afterEach(async () => {
  delete process.env.HF_ENDPOINT;
  await server.stop();
  rmSync(cacheDir, { recursive: true, force: true });
});

function open(options: RepositoryOptions = {}, id = 'owner/model') {
  return hubRepository(id, { cacheDir, token: 'secret', ...options });
}

async function bytesOf(file: string, options: RepositoryOptions = {}): Promise<Uint8Array | undefined> {
  const source = await open(options).open(file);
  if (source === undefined) return undefined;
  const bytes = await source.read(0, source.size);
  await source.close();
  return bytes;
}

/** Jest takes seconds to compare so many bytes. */
function isLarge(bytes: Uint8Array | undefined): boolean {
  return bytes !== undefined && Buffer.compare(bytes, large) === 0;
}

function blobs(): string[] {
  try {
    return readdirSync(join(cacheDir, 'models--owner--model', 'blobs'));
  } catch {
    return [];
  }
}

test('files arrive in the layout of the Python client, large ones by way of the store', async () => {
  const progress: number[] = [];
  expect(await readText(open(), 'config.json')).toBe('{"model_type": "dinov2"}');
  expect(
    isLarge(await bytesOf('model.safetensors', { onProgress: ({ loaded }) => progress.push(loaded) })),
  ).toBe(true);
  const folder = join(cacheDir, 'models--owner--model');
  expect(readFileSync(join(folder, 'refs', 'main'), 'utf8')).toBe(COMMIT);
  expect(readlinkSync(join(folder, 'snapshots', COMMIT, 'model.safetensors'))).toMatch(
    /^\.\.\/\.\.\/blobs\/[0-9a-f]{64}$/,
  );
  expect(progress.at(-1)).toBe(large.length);
  expect(server.requests.every(({ authorization }) => authorization === 'Bearer secret')).toBe(true);
});

test('what is in the cache is not downloaded again, and needs no network when offline', async () => {
  await bytesOf('model.safetensors');
  server.requests.length = 0;
  await bytesOf('model.safetensors');
  expect(server.requests.map(({ method }) => method)).toEqual(['HEAD']);
  server.requests.length = 0;
  expect(isLarge(await bytesOf('model.safetensors', { offline: true }))).toBe(true);
  expect(isLarge(await bytesOf('model.safetensors', { revision: COMMIT }))).toBe(true);
  expect(server.requests).toEqual([]);
});

test('offline without a cache says where it looked', async () => {
  await expect(bytesOf('config.json', { offline: true })).rejects.toThrow(
    /expected revision main in .*models--owner--model/,
  );
});

test('a dropped connection is resumed where it broke off', async () => {
  server.faults = { dropAfter: { bytes: 100_000, times: 2 } };
  expect(isLarge(await bytesOf('model.safetensors'))).toBe(true);
  const ranges = server.requests.filter(({ url }) => url.startsWith('/store/')).map(({ range }) => range);
  expect(ranges).toHaveLength(3);
  expect(ranges[0]).toBeUndefined();
  expect(ranges[1]).toMatch(/^bytes=\d+-$/);
});

test('a server without ranges is asked again from the start', async () => {
  server.faults = { dropAfter: { bytes: 100_000, times: 1 }, ignoreRanges: true };
  expect(isLarge(await bytesOf('model.safetensors'))).toBe(true);
});

test('a download that can not be finished leaves no file, and the next one goes on from there', async () => {
  server.faults = { dropAfter: { bytes: 20_000, times: 99 } };
  await expect(bytesOf('model.safetensors')).rejects.toThrow(
    /owner\/model\/model\.safetensors: expected 300000 bytes/,
  );
  expect(blobs().every((name) => name.endsWith('.incomplete'))).toBe(true);
  server.faults = {};
  server.requests.length = 0;
  expect(isLarge(await bytesOf('model.safetensors'))).toBe(true);
  expect(server.requests.at(-1)?.range).toMatch(/^bytes=[1-9]\d*-$/);
}, 30_000);

test('a wrong file never gets into the cache', async () => {
  server.faults = { corrupt: true };
  await expect(bytesOf('model.safetensors')).rejects.toThrow(/SHA-256/);
  expect(blobs()).toEqual([]);
}, 30_000);

test('a file of another length than announced never gets into the cache', async () => {
  server.faults = { announce: 1000 };
  await expect(bytesOf('model.safetensors')).rejects.toThrow(/expected 1000 bytes/);
  expect(blobs()).toEqual([]);
}, 30_000);

test('a server that is overloaded is asked again', async () => {
  server.faults = { failWith: { status: 503, times: 2 } };
  expect(isLarge(await bytesOf('model.safetensors'))).toBe(true);
});

test('a missing file is undefined; a missing repository or revision is an error that says what to do', async () => {
  expect(await bytesOf('model.safetensors.index.json')).toBeUndefined();
  await expect(open({}, 'owner/other').open('config.json')).rejects.toThrow(
    /status 401 RepoNotFound; .*HF_TOKEN/,
  );
  await expect(open({ revision: 'v9' }).open('config.json')).rejects.toThrow(
    /RevisionNotFound; check the revision "v9"/,
  );
});

test.each([
  [401, undefined, /set HF_TOKEN/],
  [403, 'GatedRepo', /ask for access .*HF_TOKEN/],
  [404, undefined, /check the id and the revision/],
  [500, undefined, /got status 500/],
])('status %i is explained', async (status, code, message) => {
  server.faults = { alwaysFail: { status, ...(code && { code }) } };
  await expect(bytesOf('config.json')).rejects.toThrow(message);
});

test('an unreachable server says so', async () => {
  process.env.HF_ENDPOINT = 'http://127.0.0.1:9';
  await expect(bytesOf('config.json')).rejects.toThrow(/expected an answer of http:\/\/127\.0\.0\.1:9/);
});

test.each(['../../etc', '/etc', 'a/../../b', ''])('revision %p can not leave the cache', (revision) => {
  expect(() => open({ revision })).toThrow(/revision must be a branch/);
});

/** A fetch that answers as a hostile server would. */
function answering(answer: (method: string, headers: Headers) => Response): typeof fetch {
  return async (_, init) => answer(init?.method ?? 'GET', new Headers(init?.headers));
}

function info(headers: Record<string, string>): Response {
  return new Response(null, {
    headers: { 'X-Repo-Commit': COMMIT, ETag: '"abc"', 'Content-Length': '5', ...headers },
  });
}

test.each([
  ['a hash that is a path', { ETag: '".."' }],
  ['a hash with a slash', { ETag: '"../x"' }],
  ['a hash that is hidden', { ETag: '".git"' }],
  ['a commit that is a path', { 'X-Repo-Commit': '..' }],
  ['a negative size', { 'Content-Length': '-5' }],
  ['a size that is no number', { 'Content-Length': 'many' }],
])('%s is refused', async (_, headers) => {
  const get = answering(() => info(headers));
  await expect(bytesOf('config.json', { fetch: get })).rejects.toThrow(/expected headers with a commit/);
  expect(readdirSync(cacheDir)).toEqual([]);
});

test('a body without end is given up as soon as it is too long', async () => {
  let sent = 0;
  const endless = () =>
    new ReadableStream({
      pull(controller) {
        sent += 1000;
        controller.enqueue(new Uint8Array(1000));
      },
    });
  const get = answering((method) => (method === 'HEAD' ? info({}) : new Response(endless())));
  await expect(bytesOf('config.json', { fetch: get })).rejects.toThrow(/expected 5 bytes, got .*more/);
  expect(sent).toBeLessThan(100_000);
  expect(blobs()).toEqual([]);
}, 30_000);

test('bytes from another place than asked for are not taken', async () => {
  let attempt = 0;
  const get = answering((method) => {
    if (method === 'HEAD') return info({});
    const headers = { 'Content-Range': 'bytes 3-4/5' };
    return attempt++ === 0
      ? new Response('hel')
      : new Response(
          attempt === 2 ? 'helXX' : 'hello',
          attempt === 2 ? { status: 206, headers: { 'Content-Range': 'bytes 0-4/5' } } : { headers },
        );
  });
  expect(await bytesOf('config.json', { fetch: get })).toEqual(new TextEncoder().encode('hello'));
});

test('a file whose length only its download tells is whole when the download ends', async () => {
  const get = answering((method) => {
    if (method !== 'HEAD') return new Response('hello');
    const { headers } = info({});
    headers.delete('Content-Length');
    return new Response(null, { headers });
  });
  expect(await bytesOf('config.json', { fetch: get })).toEqual(new TextEncoder().encode('hello'));
});

test('a download that is sent on to a store does not take the token there', async () => {
  const asked: string[] = [];
  const get: typeof fetch = async (input, init) => {
    asked.push(
      `${init?.method} ${new URL(String(input)).host} ${new Headers(init?.headers).get('Authorization')}`,
    );
    if (init?.method === 'HEAD') return info({});
    return String(input).includes('store.example')
      ? new Response('hello')
      : new Response(null, { status: 302, headers: { Location: 'https://store.example/x' } });
  };
  expect(await bytesOf('config.json', { fetch: get })).toEqual(new TextEncoder().encode('hello'));
  const { host } = new URL(server.endpoint);
  expect(asked).toEqual([
    `HEAD ${host} Bearer secret`,
    `GET ${host} Bearer secret`,
    'GET store.example null',
  ]);
});

test('endless redirects, and redirects to another place, end in an error', async () => {
  for (const target of [
    '/owner/model/resolve/main/config.json',
    'http://127.0.0.1:1/x',
    'file:///etc/passwd',
  ]) {
    const get = answering(() => new Response(null, { status: 302, headers: { Location: target } }));
    await expect(bytesOf('config.json', { fetch: get })).rejects.toThrow(
      /(^|\/)owner\/model\/.*config\.json: expected/,
    );
  }
});

test('many downloads of one file at once do not get into each other', async () => {
  server.faults = { dropAfter: { bytes: 100_000, times: 3 } };
  const all = await Promise.all(Array.from({ length: 8 }, () => bytesOf('model.safetensors')));
  for (const bytes of all) expect(isLarge(bytes)).toBe(true);
  expect(blobs()).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  expect(readdirSync(join(cacheDir, 'models--owner--model', 'snapshots', COMMIT))).toEqual([
    'model.safetensors',
  ]);
});

test('a download that is aborted leaves its part for the next one', async () => {
  const abort = new AbortController();
  const get: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (init?.method !== 'HEAD') setTimeout(() => abort.abort(), 100);
    return response;
  };
  server.faults = { dropAfter: { bytes: 20_000, times: 99 } };
  await expect(bytesOf('model.safetensors', { fetch: get, signal: abort.signal })).rejects.toThrow();
  expect(blobs()).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.incomplete$/)]);
});

test('a cache that can not be written is an error that names it', async () => {
  writeFileSync(join(cacheDir, 'models--owner--model'), 'in the way');
  await expect(bytesOf('config.json')).rejects.toThrow(SourceError);
  await expect(bytesOf('config.json')).rejects.toThrow(
    /^owner\/model\/config\.json: expected to keep it in .*models--owner--model, got E(NOTDIR|EXIST); /,
  );
});

test('a damaged reference to a commit is no way out of the cache', async () => {
  await bytesOf('config.json');
  writeFileSync(join(cacheDir, 'models--owner--model', 'refs', 'main'), '../../..');
  await expect(bytesOf('config.json', { offline: true })).rejects.toThrow(/expected revision main/);
});
