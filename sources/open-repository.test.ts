import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openRepository } from './open-repository.ts';
import { readText } from './repository.ts';
import { HubServer } from './testing/hub-server.ts';

const encoder = new TextEncoder();
const FILES = {
  'config.json': { bytes: encoder.encode('root') },
  'sub/config.json': { bytes: encoder.encode('inner') },
  'sub/w.pth': { bytes: new Uint8Array(3) },
};

let server: HubServer;
let folder: string;

beforeEach(async () => {
  server = await new HubServer(FILES).start();
  folder = mkdtempSync(join(tmpdir(), 'dinov2-open-'));
  process.env.HF_ENDPOINT = server.endpoint;
});

afterEach(async () => {
  delete process.env.HF_ENDPOINT;
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** What a source's configuration is, whose weights are asked for, and under which name it goes. */
async function opened(source: Parameters<typeof openRepository>[0], options = {}): Promise<unknown[]> {
  const repository = await openRepository(source, { cacheDir: join(folder, 'cache'), ...options });
  return [await readText(repository, 'config.json'), repository.weightsFile, repository.where];
}

test('ids and pages of the Hub lead to its files', async () => {
  const whole = ['root', undefined, 'owner/model'];
  for (const source of [
    'owner/model',
    ' owner/model\n',
    'owner/model@main',
    'hf://owner/model',
    'hf.co/owner/model',
  ]) {
    expect(await opened(source)).toEqual(whole);
  }
  const page = `${server.endpoint}/owner/model`;
  for (const source of [page, `${page}/tree/main`, new URL(`${page}/tree/main?x=1`)]) {
    expect(await opened(source)).toEqual(whole);
  }
  const inner = ['inner', undefined, 'owner/model/sub'];
  expect(await opened(`${page}/tree/main/sub`)).toEqual(inner);
  expect(await opened('owner/model', { subfolder: 'sub/' })).toEqual(inner);
  expect(await opened(`${page}/blob/main/sub/w.pth`)).toEqual(['inner', 'w.pth', 'owner/model/sub/w.pth']);
});

test('what is in a repository is asked of the Hub, or, offline, of the cache', async () => {
  const options = { cacheDir: join(folder, 'cache'), subfolder: 'sub' };
  const online = await openRepository('owner/model', options);
  expect(await online.list()).toEqual(['config.json', 'w.pth']);
  await readText(online, 'config.json');
  expect(await (await openRepository('owner/model', { ...options, offline: true })).list()).toEqual([
    'config.json',
  ]);
  server.faults = { alwaysFail: { status: 404 } };
  expect(await online.list()).toEqual(['config.json']);
});

test('a revision stands in the address or in the option, and not one in each', async () => {
  await expect(opened('owner/model@v9')).rejects.toThrow(/RevisionNotFound/);
  await expect(opened('owner/model', { revision: 'v9' })).rejects.toThrow(/RevisionNotFound/);
  expect(await opened('owner/model@main', { revision: 'main' })).toHaveLength(3);
  await expect(opened('owner/model@main', { revision: 'v9' })).rejects.toThrow(
    'owner/model@main: revision: expected none beside the one in the address, got "v9"',
  );
});

test('a subfolder is found in folders, on servers, and in memory', async () => {
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'sub', 'config.json'), 'inner');
  const memory = { 'sub/config.json': encoder.encode('inner'), 'sub/x.pth': new Uint8Array(1) };
  const plain = await new HubServer(FILES).start();
  const sources = [folder, pathToFileURL(folder), memory, `${plain.endpoint}/owner/model/resolve/main`];
  for (const source of sources) {
    expect((await opened(source, { subfolder: './sub' }))[0]).toBe('inner');
  }
  const inMemory = await openRepository(memory, { subfolder: 'sub' });
  expect(await inMemory.list()).toEqual(['config.json', 'x.pth']);
  expect(await (await openRepository(folder, { subfolder: 'sub' })).list()).toEqual(['config.json']);
  await plain.stop();
});

test.each(['..', 'a/../..', '/a', '~/a', 'a\\b'])('subfolder %j leads nowhere', async (subfolder) => {
  await expect(opened(folder, { subfolder })).rejects.toThrow(/subfolder: expected a folder in it/);
});

test('a file has no subfolder', async () => {
  writeFileSync(join(folder, 'w.pth'), '');
  await expect(opened(join(folder, 'w.pth'), { subfolder: 'sub' })).rejects.toThrow(
    /w\.pth: subfolder: expected none for a source that is a file/,
  );
});

test('~ is the home folder', async () => {
  expect((await openRepository('~')).where).toBe(homedir());
});

test('a subfolder that is not there is an error that says which are', async () => {
  mkdirSync(join(folder, 'encoder'));
  mkdirSync(join(folder, 'head'));
  const local = openRepository(folder, { subfolder: 'enc0der' });
  await expect(local).rejects.toThrow(
    `${folder}: subfolder: expected a folder in it, got "enc0der"; there is encoder, head; did you mean encoder?`,
  );
  const memory = openRepository({ 'config.json': new Uint8Array(1) }, { subfolder: 'x' });
  await expect(memory).rejects.toThrow('subfolder: expected a folder in it, got "x"; there is none');
  const hub = await openRepository('owner/model', { cacheDir: join(folder, 'cache'), subfolder: 'sud' });
  await expect(hub.list()).rejects.toThrow(/owner\/model: subfolder: .*; there is sub; did you mean sub\?/);
});

test('a name in a folder that is here is of that folder, and nothing is asked of the Hub', async () => {
  const cwd = process.cwd();
  mkdirSync(join(folder, 'models', 'digits'), { recursive: true });
  process.chdir(folder);
  try {
    await expect(opened('models/digist')).rejects.toThrow(
      'models/digist: expected a folder, or a .safetensors or .pth file, got none of this name in models; did you mean models/digits; a repository of the Hub is written hf://models/digist where there is a folder models',
    );
    await expect(opened('./model/digits')).rejects.toThrow('got no folder ./model');
    await expect(opened(join(folder, 'model'))).rejects.toThrow(`did you mean ${join(folder, 'models')}`);
    expect(server.requests).toEqual([]);
    await expect(opened('hf://models/digist')).rejects.toThrow(/RepoNotFound; check the id, of which/);
  } finally {
    process.chdir(cwd);
  }
});

test('an id that is like a published one is said to be', async () => {
  await expect(opened('facebook/dinov2-smal')).rejects.toThrow(
    /RepoNotFound; did you mean facebook\/dinov2-small\? Check the id/,
  );
});

test.each(['./modle', '../owner/model', '/owner/model', '~/modle', 'C:\\model', 'model/sub/folder'])(
  '%s is a path, and nothing is asked of the Hub',
  async (source) => {
    await expect(opened(source)).rejects.toThrow(`${source}: expected a folder`);
    expect(server.requests).toEqual([]);
  },
);

test('an id without an owner is said to lack one', async () => {
  await expect(opened('dinov2-base')).rejects.toThrow(/a Hub id has an owner, as in facebook\/dinov2-base/);
});
