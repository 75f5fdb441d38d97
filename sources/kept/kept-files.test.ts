/** What pages keep between visits, on a Cache Storage in memory and a server of the test's own. */
import { openRepository } from '../open-repository.ts';
import { type RepositoryOptions, readText } from '../repository.ts';
import { FakeCaches } from '../testing/fake-caches.ts';
import { hidingContentRange } from '../testing/hiding-fetch.ts';
import { HubServer, type ServedFile } from '../testing/hub-server.ts';
import { deleteCachedFiles, listCachedFiles } from './cached-files.ts';

const MIB = 1024 * 1024;
/** Of 12 MiB. */
const weightsOf = (seed: number): Uint8Array =>
  new Uint8Array(new Uint32Array(3 * MIB).map((_, i) => i * seed).buffer);

const WEIGHTS = weightsOf(3);
const config = new TextEncoder().encode('{}');

let caches: FakeCaches;
let server: HubServer;
let files: Record<string, ServedFile>;
let warnings: string[];

beforeEach(async () => {
  caches = new FakeCaches().install();
  files = { 'config.json': { bytes: config }, 'w.pth': { bytes: WEIGHTS } };
  server = await new HubServer(files).start();
  warnings = [];
});

afterEach(async () => {
  caches.remove();
  await server.stop();
});

const place = (): string => `${server.endpoint}/owner/model/resolve/main/`;

/** A visit of a page: its configuration and its weights, of which some are read. */
async function visit(
  options: RepositoryOptions = {},
  ranges: readonly (readonly [number, number])[] = [[0, 12 * MIB]],
): Promise<Uint8Array[]> {
  server.requests.length = 0;
  const repository = await openRepository(place(), { onWarning: (text) => warnings.push(text), ...options });
  await readText(repository, 'config.json');
  const source = await repository.open('w.pth');
  if (source === undefined) throw new Error('expected weights');
  try {
    source.expect?.(ranges.map(([offset, length]) => ({ offset, length })));
    const read: Uint8Array[] = [];
    for (const [offset, length] of ranges) read.push(await source.read(offset, length));
    return read;
  } finally {
    await source.close();
  }
}

/** The requests of the last visit for the weights: methods and ranges. */
const asked = (): string[] =>
  server.requests.flatMap(({ method, url, range }) =>
    url.endsWith('w.pth') ? [`${method} ${range ?? ''}`] : [],
  );

const same = (read: readonly Uint8Array[], bytes: Uint8Array | undefined): boolean =>
  bytes !== undefined && read.length === 1 && Buffer.compare(read[0] ?? new Uint8Array(0), bytes) === 0;

test('the second visit asks whether the file is the same, and for none of its bytes', async () => {
  expect(same(await visit(), files['w.pth']?.bytes)).toBe(true);
  expect(asked()).toEqual(['GET bytes=0-1048575', `GET bytes=${MIB}-${12 * MIB - 1}`]);
  const progress: number[] = [];
  expect(
    same(await visit({ onProgress: ({ loaded }) => progress.push(loaded) }), files['w.pth']?.bytes),
  ).toBe(true);
  expect(asked()).toEqual(['HEAD ']);
  expect(progress.at(-1)).toBe(12 * MIB);
  expect(warnings).toEqual([]);
});

test('a file that has changed is fetched anew, and replaces what was kept', async () => {
  await visit();
  files['w.pth'] = { bytes: weightsOf(5) };
  expect(same(await visit(), files['w.pth'].bytes)).toBe(true);
  expect(same(await visit(), files['w.pth'].bytes)).toBe(true);
  expect(asked()).toEqual(['HEAD ']);
  expect((await listCachedFiles()).map(({ kept }) => kept)).toEqual([2, 12 * MIB]);
  expect([...caches.entries.values()].reduce((sum, { length }) => sum + length, 0)).toBeLessThan(13 * MIB);
});

/** A server that tells versions by such headers alone. */
function telling(headers: Readonly<Record<string, string>>): typeof fetch {
  return async (input, init) => {
    const answer = await fetch(input, init);
    const told = new Headers(answer.headers);
    told.delete('ETag');
    for (const [name, value] of Object.entries(headers)) told.set(name, value);
    return new Response(answer.body, { status: answer.status, headers: told });
  };
}

test('where there is no ETag, the time of the last change tells versions apart', async () => {
  const get = telling({ 'Last-Modified': 'Thu, 01 Jan 2026 00:00:00 GMT' });
  await visit({ fetch: get });
  expect(same(await visit({ fetch: get }), files['w.pth']?.bytes)).toBe(true);
  expect(asked()).toEqual(['HEAD ']);
});

test('a file of another length is another one, whatever its ETag says', async () => {
  const get = telling({ ETag: '"always"' });
  await visit({ fetch: get });
  files['w.pth'] = { bytes: weightsOf(3).subarray(0, 11 * MIB) };
  expect(same(await visit({ fetch: get }, [[0, 11 * MIB]]), files['w.pth'].bytes)).toBe(true);
  expect((await listCachedFiles()).map(({ size }) => size)).toEqual([2, 11 * MIB]);
});

test('pieces of a file of another length are no pieces of this one, whatever its ETag says', async () => {
  const get = telling({ ETag: '"always"' });
  await visit({ fetch: get });
  files['w.pth'] = { bytes: weightsOf(5).subarray(0, 11 * MIB) };
  await visit({ fetch: get }, [[0, 10]]);
  expect(same(await visit({ fetch: get }, [[0, 11 * MIB]]), files['w.pth'].bytes)).toBe(true);
});

test('pieces of another version, as a page that is still open writes them, do not count', async () => {
  await visit({}, [[0, 10]]);
  const key = [...caches.entries.keys()].find((each) => each.endsWith('/0') && each.includes('w.pth')) ?? '';
  caches.entries.set(key.replace(/\/[^/]*\/0$/, '/another/1'), new Uint8Array(8 * MIB));
  expect((await listCachedFiles()).map(({ kept }) => kept)).toEqual([2, MIB]);
});

test('where a server refuses to say whether a file is the same, it is fetched', async () => {
  await visit();
  const get: typeof fetch = async (input, init) => {
    const { status, headers, body } = await fetch(input, init);
    return new Response(body, { status: init?.method === 'HEAD' ? 405 : status, headers });
  };
  expect(same(await visit({ fetch: get }), files['w.pth']?.bytes)).toBe(true);
  expect(asked()).toEqual(['HEAD ', 'GET bytes=0-1048575']);
});

test('a file that is gone from the server is forgotten', async () => {
  await visit();
  delete files['w.pth'];
  await expect(visit()).rejects.toThrow('expected weights');
  expect((await listCachedFiles()).map(({ url }) => url)).toEqual([`${place()}config.json`]);
});

test('a file is kept under its address, without the fragment', async () => {
  const repository = await openRepository(`${place()}w.pth#weights`);
  await (await repository.open('w.pth'))?.close();
  expect((await listCachedFiles()).map(({ url }) => url)).toEqual([`${place()}w.pth`]);
});

test('what an earlier visit did not read, or did not get to, is fetched alone', async () => {
  await visit({}, [[2 * MIB, 10]]);
  expect((await listCachedFiles()).map(({ size, kept }) => [size, kept])).toEqual([
    [2, 2],
    [12 * MIB, 8 * MIB],
  ]);
  expect(same(await visit(), files['w.pth']?.bytes)).toBe(true);
  expect(asked()).toEqual(['HEAD ', 'GET bytes=0-1048575', `GET bytes=${9 * MIB}-${12 * MIB - 1}`]);
});

test('a download that was interrupted leaves whole pieces only', async () => {
  const stop = new AbortController();
  const onProgress: RepositoryOptions['onProgress'] = ({ loaded }) => {
    if (loaded > 10 * MIB) stop.abort(new Error('closed'));
  };
  await expect(visit({ signal: stop.signal, onProgress })).rejects.toThrow('closed');
  expect(same(await visit(), files['w.pth']?.bytes)).toBe(true);
  expect(same(await visit(), files['w.pth']?.bytes)).toBe(true);
  expect(asked()).toEqual(['HEAD ']);
});

test('a piece that is damaged or gone is fetched again', async () => {
  await visit();
  const [first, second] = [...caches.entries.keys()].filter(
    (key) => /\/[01]$/.test(key) && key.includes('w.pth'),
  );
  caches.entries.set(first ?? '', new Uint8Array(5));
  const repository = await openRepository(place());
  const source = await repository.open('w.pth');
  caches.entries.delete(second ?? '');
  expect(same([(await source?.read(0, 12 * MIB)) ?? config], files['w.pth']?.bytes)).toBe(true);
  await source?.close();
  // and kept again
  const progress: number[] = [];
  await visit({ onProgress: ({ loaded }) => progress.push(loaded) });
  expect(asked()).toEqual(['HEAD ']);
  expect(progress.at(-1)).toBe(12 * MIB);
});

test.each(['', 'null', '{"url":1}', '{"url":"https://elsewhere/","size":-1}'])(
  'with %j for a note, a file is not listed, is fetched anew, and can be deleted',
  async (content) => {
    await visit();
    const key = [...caches.entries.keys()].find((each) => each.endsWith('w.pth')) ?? '';
    caches.entries.set(key, Buffer.from(content));
    caches.entries.set('https://dinov2-tfjs.invalid/%E0%A4%A', Buffer.from('{}'));
    caches.entries.set('https://elsewhere.invalid/a', Buffer.from('{}'));
    expect((await listCachedFiles()).map(({ url }) => url)).toEqual([`${place()}config.json`]);
    expect(same(await visit(), files['w.pth']?.bytes)).toBe(true);
    expect(await listCachedFiles()).toHaveLength(2);
    caches.entries.set(key, Buffer.from(content));
    await deleteCachedFiles();
    expect([...caches.entries.keys()].filter((each) => each.includes('w.pth'))).toEqual([]);
  },
);

test('two pages at once keep one whole file', async () => {
  const both = await Promise.all([visit(), visit()]);
  for (const read of both) expect(same(read, files['w.pth']?.bytes)).toBe(true);
  expect(same(await visit(), files['w.pth']?.bytes)).toBe(true);
  expect(asked()).toEqual(['HEAD ']);
  expect(await listCachedFiles()).toHaveLength(2);
});

test('without an ETag and a date of its last change, nothing tells versions apart, and nothing is kept', async () => {
  await visit({ fetch: telling({}) });
  expect(await listCachedFiles()).toEqual([]);
});

test('a full disk is a warning that says what to do, and the file is loaded all the same', async () => {
  caches.quota = 5 * MIB;
  expect(same(await visit(), files['w.pth']?.bytes)).toBe(true);
  expect(warnings).toEqual([
    expect.stringMatching(
      /w\.pth: expected to keep it for the next visit, got QuotaExceededError.*deleteCachedFiles\(\), or turn keeping off with cache: false/,
    ),
  ]);
  expect([...caches.entries.keys()].filter((key) => key.includes('w.pth'))).toEqual([]);
});

test('where the browser says how much room there is, so does the warning', async () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  const storage = { estimate: async () => ({ usage: 5, quota: 7 }) };
  Object.defineProperty(globalThis, 'navigator', { value: { storage }, configurable: true });
  try {
    caches.quota = 5 * MIB;
    await visit();
  } finally {
    Object.defineProperty(globalThis, 'navigator', before ?? { value: undefined, configurable: true });
  }
  expect(warnings).toEqual([expect.stringContaining('got QuotaExceededError (5 of 7 bytes in use);')]);
});

test('a small file of a server that shows no ranges is kept at the first visit', async () => {
  await visit({ fetch: hidingContentRange });
  expect((await listCachedFiles()).map(({ kept }) => kept)).toEqual([2, 12 * MIB]);
});

test('what is kept here is not kept by the browser too', async () => {
  const modes: unknown[] = [];
  const get: typeof fetch = (input, init) => {
    modes.push(init?.cache);
    return fetch(input, init);
  };
  await visit({ fetch: get });
  expect(new Set(modes.splice(0))).toEqual(new Set(['no-store']));
  await visit({ fetch: get, cache: false });
  expect(new Set(modes)).toEqual(new Set(['default']));
});

test('nothing is kept with cache: false, nor where the browser forbids it', async () => {
  await visit({ cache: false });
  caches.isForbidden = true;
  await visit();
  expect(warnings).toEqual([]);
  await visit({ cache: true });
  expect(warnings).toEqual([expect.stringMatching(/cache: expected a page that may keep files, got none/)]);
  expect(caches.entries.size).toBe(0);
});

test('offline, what is kept is all there is', async () => {
  await expect(visit({ offline: true })).rejects.toThrow(
    /config\.json: offline: expected files on this machine/,
  );
  expect(server.requests).toEqual([]);
  await visit();
  expect(same(await visit({ offline: true }), files['w.pth']?.bytes)).toBe(true);
  expect(server.requests).toEqual([]);
  const repository = await openRepository(place(), {
    offline: true,
    onWarning: (text) => warnings.push(text),
  });
  expect(await repository.open('other.json')).toBeUndefined();
  expect(warnings).toEqual([
    expect.stringMatching(/other\.json is not kept by this page; offline, it is taken to be absent/),
  ]);
});

test('offline, a file of which a part is kept says so where another part is wanted', async () => {
  await visit({}, [[2 * MIB, 10]]);
  await expect(visit({ offline: true })).rejects.toThrow(
    /w\.pth: expected all of it among the files that this page keeps, got a part/,
  );
});

test('where the server can not be reached, what is kept is taken, and a warning says so', async () => {
  await visit();
  const silent: typeof fetch = async () => Promise.reject(new TypeError('no network'));
  expect(same(await visit({ fetch: silent }), files['w.pth']?.bytes)).toBe(true);
  expect(warnings).toEqual(
    ['config.json', 'w.pth'].map((file) =>
      expect.stringContaining(
        `${file}: expected an answer, got no network; going on with what this page has kept`,
      ),
    ),
  );
});

test('files are listed, and deleted by their place or all of them', async () => {
  await visit();
  const other = `${server.endpoint}/owner/model/resolve/c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00/`;
  await readText(await openRepository(other), 'config.json');
  expect((await listCachedFiles()).map(({ url, size }) => [url, size])).toEqual([
    [`${other}config.json`, 2],
    [`${place()}config.json`, 2],
    [`${place()}w.pth`, 12 * MIB],
  ]);
  expect((await deleteCachedFiles(`${place()}w.pth`)).map(({ url }) => url)).toEqual([`${place()}w.pth`]);
  expect((await deleteCachedFiles(other)).map(({ url }) => url)).toEqual([`${other}config.json`]);
  expect(await deleteCachedFiles(place().slice(0, -2))).toEqual([]);
  await expect(deleteCachedFiles('nonsense')).rejects.toThrow('nonsense: expected a Hub id or a URL');
  expect(await deleteCachedFiles('owner/model')).toEqual([]);
  expect(await deleteCachedFiles()).toHaveLength(1);
  expect(caches.entries.size).toBe(0);
});

test('a deletion that breaks off leaves nothing unlisted', async () => {
  await visit();
  caches.deletions = 1;
  await expect(deleteCachedFiles(`${place()}w.pth`)).rejects.toThrow('closed');
  expect((await listCachedFiles()).map(({ url }) => url)).toContain(`${place()}w.pth`);
});

test('files of the Hub are deleted by its ids: all revisions, or a place in one, which is main', async () => {
  const kept = ['resolve/main/a/w.pth', 'resolve/main/w.pth', 'resolve/v1/a/w.pth'];
  for (const file of kept) {
    const url = `https://huggingface.co/owner/model/${file}`;
    const note = { url, size: 3, validator: '"1"', since: 0 };
    caches.entries.set(
      `https://dinov2-tfjs.invalid/${encodeURIComponent(url)}`,
      Buffer.from(JSON.stringify(note)),
    );
  }
  const deleted = async (source: string): Promise<string[]> =>
    (await deleteCachedFiles(source)).map(({ url }) => url.split('/model/')[1] ?? '');
  expect(await deleted('hf://owner/model/a/w.pth')).toEqual([kept[0]]);
  expect(await deleted('owner/model@v1')).toEqual([kept[2]]);
  expect(await deleted('owner/model')).toEqual([kept[1]]);
});

test('in Node nothing is kept, and the list is empty', async () => {
  caches.remove();
  await visit();
  expect(await listCachedFiles()).toEqual([]);
  expect(await deleteCachedFiles()).toEqual([]);
});
