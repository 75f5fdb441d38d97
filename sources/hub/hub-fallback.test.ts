/** What a cache gives where the Hub does not answer, or where it can't be written. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Repository, type RepositoryOptions, readText } from '../repository.ts';
import { COMMIT, HubServer } from '../testing/hub-server.ts';
import { hubRepository } from './hub-repository-node.ts';

const encoder = new TextEncoder();

let server: HubServer;
let cacheDir: string;
let warnings: string[];

beforeEach(async () => {
  server = await new HubServer({
    'config.json': { bytes: encoder.encode('{}') },
    'model.safetensors': { bytes: new Uint8Array(1000), large: true },
  }).start();
  cacheDir = mkdtempSync(join(tmpdir(), 'dinov2-cache-'));
  process.env.HF_ENDPOINT = server.endpoint;
  warnings = [];
});

afterEach(async () => {
  delete process.env.HF_ENDPOINT;
  await server.stop();
  rmSync(cacheDir, { recursive: true, force: true });
});

function open(options: RepositoryOptions = {}): Repository {
  return hubRepository('owner/model', { cacheDir, onWarning: (text) => warnings.push(text), ...options });
}

function inCache(...path: string[]): string {
  return join(cacheDir, 'models--owner--model', ...path);
}

/** Runs as somebody who may read the cache and not write it. */
async function readOnly<Result>(work: () => Promise<Result>): Promise<Result> {
  const folders = readdirSync(cacheDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  const all = [cacheDir, ...folders];
  for (const folder of all) chmodSync(folder, 0o555);
  const isRoot = process.getuid?.() === 0;
  // to root, every folder is open
  if (isRoot) process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
    for (const folder of all) chmodSync(folder, 0o755);
  }
}

test('a cache that is whole is read where it can not be written', async () => {
  await readText(open(), 'config.json');
  await readText(open(), 'other.json');
  await readOnly(async () => {
    expect(await readText(open(), 'config.json')).toBe('{}');
    expect(await readText(open(), 'other.json')).toBeUndefined();
    expect(await readText(open(), 'third.json')).toBeUndefined();
  });
  rmSync(inCache('refs'), { recursive: true });
  await readOnly(async () => expect(await readText(open(), 'config.json')).toBe('{}'));
  rmSync(inCache('snapshots'), { recursive: true });
  // the blob is there, and no name for it can be made
  await readOnly(async () => expect(await readText(open(), 'config.json')).toBe('{}'));
});

test('a download into a cache that can not be written is an error in words', async () => {
  await readText(open(), 'config.json');
  await readOnly(async () => {
    await expect(open().open('model.safetensors')).rejects.toThrow(
      /^owner\/model\/model\.safetensors: expected to keep it in .*, got EACCES; it can not be written: choose another/,
    );
  });
});

test('without the Hub, what is in the cache is taken, and said to be', async () => {
  await readText(open(), 'config.json');
  await readText(open(), 'other.json');
  await server.stop();
  const repository = open();
  expect(await readText(repository, 'config.json')).toBe('{}');
  expect(await readText(repository, 'other.json')).toBeUndefined();
  expect(warnings).toEqual([
    expect.stringMatching(/expected an answer of http.*; going on with the copy in .*, commit c0ffee/),
  ]);
  await expect(repository.open('model.safetensors')).rejects.toThrow(
    /expected an answer .*; set HF_HUB_OFFLINE=1 to go on without what is not in the cache/,
  );
  await server.start();
});

test('without the Hub and without a copy, an error says that there is no such folder either', async () => {
  await server.stop();
  await expect(open().open('config.json')).rejects.toThrow(
    /expected an answer .*; there is no copy in .*, and no folder owner\/model here either/,
  );
  expect(warnings).toEqual([]);
  await server.start();
});

test.each([500, 503, 401, 403])('a Hub that answers %i is done without, at once', async (status) => {
  await readText(open(), 'config.json');
  server.faults = { alwaysFail: { status } };
  server.requests.length = 0;
  expect(await readText(open(), 'config.json')).toBe('{}');
  expect(warnings).toEqual([expect.stringContaining(`got status ${status}`)]);
  expect(server.requests).toHaveLength(1);
});

test('a revision that is gone is not taken from the cache', async () => {
  await readText(open(), 'config.json');
  server.faults = { alwaysFail: { status: 404, code: 'RevisionNotFound' } };
  await expect(open().open('config.json')).rejects.toThrow(/check the revision/);
});

test('a Hub that is busy for long is not waited for; for a moment, it is', async () => {
  server.faults = { alwaysFail: { status: 429, headers: { 'Retry-After': '300' } } };
  await expect(open().open('config.json')).rejects.toThrow(/try again in 300 s/);
  expect(server.requests).toHaveLength(1);
  server.faults = { alwaysFail: { status: 503 } };
  const reading = readText(open(), 'config.json');
  setTimeout(() => {
    server.faults = {};
  }, 300);
  expect(await reading).toBe('{}');
});

test('all files are of the commit that the first one was of', async () => {
  const repository = open();
  await readText(repository, 'config.json');
  await repository.open('model.safetensors').then((source) => source?.close());
  const asked = server.requests.filter(({ method }) => method === 'HEAD').map(({ url }) => url);
  expect(asked).toEqual([
    '/owner/model/resolve/main/config.json',
    `/owner/model/resolve/${COMMIT}/model.safetensors`,
  ]);
});

test('offline, a file that nobody has looked for is said to be taken as absent', async () => {
  await readText(open(), 'config.json');
  await readText(open(), 'other.json');
  expect(existsSync(inCache('.no_exist', COMMIT, 'other.json'))).toBe(true);
  const repository = open({ offline: true });
  expect(await readText(repository, 'other.json')).toBeUndefined();
  expect(warnings).toEqual([]);
  expect(await readText(repository, 'model.safetensors')).toBeUndefined();
  expect(warnings).toEqual([
    expect.stringMatching(/model\.safetensors is not in the cache; offline, it is taken/),
  ]);
});

test('copies in place of links, and a reference with a line end, are as good', async () => {
  await readText(open(), 'config.json');
  const copy = inCache('copy');
  cpSync(inCache('snapshots'), copy, { recursive: true, dereference: true });
  rmSync(inCache('snapshots'), { recursive: true });
  rmSync(inCache('blobs'), { recursive: true });
  cpSync(copy, inCache('snapshots'), { recursive: true });
  writeFileSync(inCache('refs', 'main'), `${COMMIT}\r\n`);
  server.requests.length = 0;
  expect(await readText(open(), 'config.json')).toBe('{}');
  expect(await readText(open({ offline: true }), 'config.json')).toBe('{}');
  expect(server.requests).toHaveLength(1);
  expect(existsSync(inCache('blobs'))).toBe(false);
});

test('a link that leads nowhere is made anew', async () => {
  await readText(open(), 'config.json');
  rmSync(inCache('blobs'), { recursive: true });
  expect(await readText(open(), 'config.json')).toBe('{}');
});

test('a reference that another process is writing is never seen half', async () => {
  mkdirSync(inCache('refs'), { recursive: true });
  writeFileSync(inCache('refs', 'main'), 'd'.repeat(40));
  await Promise.all(Array.from({ length: 8 }, () => readText(open(), 'config.json')));
  expect(readFileSync(inCache('refs', 'main'), 'utf8')).toBe(COMMIT);
  expect(readdirSync(inCache('refs'))).toEqual(['main']);
});
