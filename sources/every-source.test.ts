/** The options of loading, for every kind of source. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DownloadProgress } from './download-progress.ts';
import type { ModelSource } from './model-source.ts';
import { openRepository } from './open-repository.ts';
import { type RepositoryOptions, readText } from './repository.ts';
import { HubServer } from './testing/hub-server.ts';

const bytes = new TextEncoder().encode('{"model_type": "dinov2"}');
const KINDS = ['folder', 'file', 'URL', 'Hub', 'memory', 'Blob'] as const;
type Kind = (typeof KINDS)[number];

let server: HubServer;
let plain: HubServer;
let folder: string;

beforeEach(async () => {
  server = await new HubServer({ 'config.json': { bytes } }).start();
  plain = await new HubServer({ 'config.json': { bytes } }).start();
  folder = mkdtempSync(join(tmpdir(), 'dinov2-every-'));
  writeFileSync(join(folder, 'config.json'), bytes);
  writeFileSync(join(folder, 'w.pth'), '');
  process.env.HF_ENDPOINT = server.endpoint;
});

afterEach(async () => {
  delete process.env.HF_ENDPOINT;
  await server.stop();
  await plain.stop();
  rmSync(folder, { recursive: true });
});

function sourceOf(kind: Kind): ModelSource {
  switch (kind) {
    case 'folder':
      return folder;
    case 'file':
      return join(folder, 'w.pth');
    case 'URL':
      return `${plain.endpoint}/owner/model/resolve/main`;
    case 'Hub':
      return 'owner/model';
    case 'memory':
      return { 'config.json': bytes };
    case 'Blob':
      return { 'config.json': new Blob([bytes]) };
  }
}

async function read(kind: Kind, options: RepositoryOptions = {}): Promise<string | undefined> {
  const repository = await openRepository(sourceOf(kind), { cacheDir: join(folder, 'cache'), ...options });
  return readText(repository, 'config.json');
}

test.each(KINDS)('%s: progress is told, up to all of the file', async (kind) => {
  const progress: DownloadProgress[] = [];
  await read(kind, { onProgress: (each) => progress.push(each) });
  expect(progress.at(-1)).toEqual({ file: 'config.json', loaded: bytes.length, total: bytes.length });
});

test('Hub: progress is that of the download, and of reading where there is none', async () => {
  for (const _ of ['downloaded', 'cached']) {
    const progress: DownloadProgress[] = [];
    await read('Hub', { onProgress: (each) => progress.push(each) });
    expect(progress).toEqual([{ file: 'config.json', loaded: bytes.length, total: bytes.length }]);
  }
});

test.each(KINDS)('%s: a signal that is aborted before ends it at once', async (kind) => {
  const signal = AbortSignal.abort(new Error('not wanted'));
  await expect(read(kind, { signal })).rejects.toThrow('not wanted');
  expect([...server.requests, ...plain.requests]).toEqual([]);
});

test.each(KINDS)('%s: a signal that is aborted meanwhile ends it', async (kind) => {
  const stop = new AbortController();
  const onProgress = (): void => stop.abort(new Error('enough'));
  const repository = await openRepository(sourceOf(kind), {
    cacheDir: join(folder, 'cache'),
    signal: stop.signal,
    onProgress,
  });
  const reading = async (): Promise<void> => {
    const source = await repository.open('config.json');
    try {
      await source?.read(0, 10);
      await source?.read(10, 5);
    } finally {
      await source?.close();
    }
  };
  await expect(reading()).rejects.toThrow('enough');
});

test.each(KINDS)(
  '%s: offline, what is on this machine is read, and of the network nothing is asked',
  async (kind) => {
    const isRemote = kind === 'URL' || kind === 'Hub';
    if (isRemote) {
      const expected =
        kind === 'URL'
          ? /offline: expected files on this machine, got a URL, of which Node keeps none/
          : /allow the network/;
      await expect(read(kind, { offline: true })).rejects.toThrow(expected);
    } else expect(await read(kind, { offline: true })).toBe('{"model_type": "dinov2"}');
    if (kind === 'Hub') {
      await read(kind);
      server.requests.length = 0;
      expect(await read(kind, { offline: true })).toBe('{"model_type": "dinov2"}');
    }
    expect([...server.requests, ...plain.requests]).toEqual([]);
  },
);

test('the URL of an object in memory is a file of weights with nothing beside it, offline too', async () => {
  const url = URL.createObjectURL(new Blob([new Uint8Array(7)]));
  const repository = await openRepository(url, { offline: true });
  expect(await repository.open('config.json')).toBeUndefined();
  const source = await repository.open('model.safetensors');
  expect(source?.size).toBe(7);
  await source?.close();
  URL.revokeObjectURL(url);
  await expect(openRepository(url)).rejects.toThrow('got one that is revoked');
});

test('URL: HF_HUB_OFFLINE counts too', async () => {
  process.env.HF_HUB_OFFLINE = '1';
  await expect(read('URL')).rejects.toThrow(/offline: expected files on this machine/);
  delete process.env.HF_HUB_OFFLINE;
});

test.each(KINDS)('%s: a token is sent to the Hub and to nobody else', async (kind) => {
  expect(await read(kind, { token: 'secret' })).toBe('{"model_type": "dinov2"}');
  const sent = [...server.requests, ...plain.requests].map(({ authorization }) => authorization);
  expect(new Set(sent)).toEqual(new Set({ URL: [undefined], Hub: ['Bearer secret'] }[kind as string] ?? []));
});
