/** Files of several pieces on a server that may misbehave. */

import type { ByteSource } from '../byte-source.ts';
import { openRepository } from '../open-repository.ts';
import { hidingContentRange } from '../testing/hiding-fetch.ts';
import { HubServer } from '../testing/hub-server.ts';
import { FIRST_PIECE_BYTES, PIECE_BYTES } from './pieces.ts';

const MIB = 1024 * 1024;
const SIZE = FIRST_PIECE_BYTES + 4 * PIECE_BYTES + 12345;
const whole = new Uint8Array(
  new Uint32Array(Math.ceil(SIZE / 4)).map((_, i) => i * 2654435761).buffer,
  0,
  SIZE,
);

let server: HubServer;

beforeEach(async () => {
  server = await new HubServer({ 'w.pth': { bytes: whole } }).start();
});

afterEach(() => server.stop());

async function opened(options: Parameters<typeof openRepository>[1] = {}): Promise<ByteSource> {
  const repository = await openRepository(`${server.endpoint}/owner/model/resolve/main/w.pth`, options);
  const source = await repository.open('w.pth');
  if (source === undefined) throw new Error('expected a file');
  return source;
}

/** Reads ranges as they are planned, and tells which of them were not as they should be. */
async function readAll(
  source: ByteSource,
  ranges: readonly (readonly [number, number])[],
): Promise<number[]> {
  const wrong: number[] = [];
  for (const [offset, length] of ranges) {
    const bytes = await source.read(offset, length);
    if (Buffer.compare(bytes, whole.subarray(offset, offset + length)) !== 0) wrong.push(offset);
  }
  return wrong;
}

const inOrder = Array.from({ length: 33 }, (_, i) => [i * MIB, MIB] as const);
/** The rows of blocks 0, 1, 10, 11, 2, … as layers ask for them. */
const outOfOrder = [...inOrder.slice(0, 8), ...inOrder.slice(20), ...inOrder.slice(8, 20).reverse()];

const ranges = (): (string | undefined)[] => server.requests.map(({ range }) => range);

test.each([
  ['in the order of the file', inOrder],
  ['in another', outOfOrder],
])('what is expected is fetched in few requests: %s', async (_, plan) => {
  const source = await opened();
  await source.read(0, 100);
  source.expect?.(plan.map(([offset, length]) => ({ offset, length })));
  expect(await readAll(source, plan)).toEqual([]);
  expect(ranges()[0]).toBe('bytes=0-1048575');
  expect(ranges().length).toBeLessThanOrEqual(3);
  await source.close();
});

test('what nobody expected is read as it comes', async () => {
  const source = await opened();
  const across = FIRST_PIECE_BYTES + PIECE_BYTES - 10;
  expect(
    await readAll(source, [
      [across, 20],
      [SIZE - 5, 5],
      [3, 0],
      [17, 4],
      [across, PIECE_BYTES + 30],
    ]),
  ).toEqual([]);
  await expect(source.read(SIZE - 5, 6)).rejects.toThrow(
    `expected 6 bytes at ${SIZE - 5}, got a file of ${SIZE}`,
  );
  await source.close();
});

test('reading otherwise than was expected gives the same bytes', async () => {
  const source = await opened();
  source.expect?.(inOrder.map(([offset, length]) => ({ offset, length })));
  expect(
    await readAll(source, [
      [30 * MIB, 10],
      [2 * MIB, 10],
      [0, SIZE],
      [25 * MIB, 10],
    ]),
  ).toEqual([]);
  await source.close();
});

test('no more than a few pieces are fetched before somebody reads them', async () => {
  const chunk = new Uint8Array(MIB);
  let sent = 0;
  const endless = (): ReadableStream =>
    new ReadableStream({
      pull(controller) {
        sent += MIB;
        controller.enqueue(chunk);
      },
    });
  const total = FIRST_PIECE_BYTES + 20 * PIECE_BYTES;
  const get: typeof fetch = async (_, init) => {
    const range = new Headers(init?.headers).get('Range')?.replace('=', ' ');
    return new Response(endless(), { status: 206, headers: { 'Content-Range': `${range}/${total}` } });
  };
  const source = await opened({ fetch: get });
  source.expect?.([{ offset: 0, length: total }]);
  for (let before = -1; before !== sent; await new Promise((resolve) => setTimeout(resolve, 100)))
    before = sent;
  expect(sent).toBeLessThan(6 * PIECE_BYTES);
  await source.close();
});

test('a server without ranges is asked once, whatever the order', async () => {
  server.faults = { ignoreRanges: true };
  const source = await opened();
  await source.read(0, 100);
  source.expect?.(outOfOrder.map(([offset, length]) => ({ offset, length })));
  expect(await readAll(source, outOfOrder)).toEqual([]);
  expect(server.requests).toHaveLength(1);
  // what has passed by is asked for again
  expect(await readAll(source, [[5, 100]])).toEqual([]);
  await source.close();
});

test('a server without ranges is asked once for what is read from the end to the beginning', async () => {
  server.faults = { ignoreRanges: true };
  const backwards = [30, 20, 1].map((at) => [at * MIB, 100] as const);
  const source = await opened();
  source.expect?.(backwards.map(([offset, length]) => ({ offset, length })));
  expect(await readAll(source, backwards)).toEqual([]);
  expect(server.requests).toHaveLength(1);
  await source.close();
});

test('a page that may not see Content-Range gets the whole file, in one more request', async () => {
  const source = await opened({ fetch: hidingContentRange });
  source.expect?.(outOfOrder.map(([offset, length]) => ({ offset, length })));
  expect(await readAll(source, outOfOrder)).toEqual([]);
  expect(ranges()).toEqual(['bytes=0-1048575', 'bytes=0-']);
  await source.close();
});

test('a download that breaks off goes on from there, as often as a piece has arrived before', async () => {
  let arrived = 0;
  const source = await opened({
    onProgress({ loaded }) {
      arrived = loaded;
    },
  });
  await source.read(0, 100);
  server.faults = { dropAfter: { bytes: 10 * MIB, times: 3 } };
  source.expect?.(inOrder.map(([offset, length]) => ({ offset, length })));
  expect(await readAll(source, inOrder)).toEqual([]);
  expect(ranges().slice(1)).toEqual([1, 11, 21, 31].map((from) => `bytes=${from * MIB}-${33 * MIB - 1}`));
  // those of the piece that was lost count once
  expect(arrived).toBe(33 * MIB);
  await source.close();
});

test.each([100_000, 3 * MIB + 1])(
  'a server that gives at most %i bytes at once is asked for the rest',
  async (most) => {
    let loaded = 0;
    let asked = 0;
    const short: typeof fetch = (input, init) => {
      asked += 1;
      const [, from = 0, to = 0] = (
        /(\d+)-(\d+)/.exec(new Headers(init?.headers).get('Range') ?? '') ?? []
      ).map(Number);
      const Range = `bytes=${from}-${Math.min(to, from + most - 1)}`;
      return fetch(input, { ...init, headers: { Range } });
    };
    const source = await opened({ fetch: short, onProgress: (progress) => (loaded = progress.loaded) });
    const wanted = most === 100_000 ? ([[5, 10]] as const) : inOrder;
    source.expect?.(wanted.map(([offset, length]) => ({ offset, length })));
    expect(await readAll(source, wanted)).toEqual([]);
    expect(asked).toBe(Math.ceil(most === 100_000 ? MIB / most : 1 + (32 * MIB) / most));
    if (most > 100_000) expect(loaded).toBe(33 * MIB);
    await source.close();
  },
);

test('a server that gives nothing of what it is asked for is an error', async () => {
  const headers = { 'Content-Range': `bytes ${MIB}-${9 * MIB - 1}/${SIZE}` };
  let asked = 0;
  const idle = await opened({
    fetch: (input, init) =>
      asked++ === 0 ? fetch(input, init) : Promise.resolve(new Response(null, { status: 206, headers })),
  });
  await expect(idle.read(2 * MIB, 10)).rejects.toThrow(/got 0; the answer was cut short/);
  expect(asked).toBe(4);
  await idle.close();
});

test('one that breaks off again and again is an error', async () => {
  const source = await opened();
  server.faults = { dropAfter: { bytes: 1000, times: 9 } };
  await expect(source.read(2 * MIB, 10)).rejects.toThrow(/w\.pth: expected an answer, got/);
  server.faults = {};
  // and the next reading tries it again
  expect(await readAll(source, [[2 * MIB, 10]])).toEqual([]);
  await source.close();
});

test.each<[string, (headers: Headers) => void]>([
  ['ETag', (headers) => headers.set('ETag', '"another"')],
  ['length', (headers) => headers.set('Content-Range', `bytes ${MIB}-${9 * MIB - 1}/${SIZE + 4}`)],
])('a file that is changed between two requests is an error, told by its %s', async (_, change) => {
  let asked = 0;
  const changing: typeof fetch = async (input, init) => {
    const { status, headers, body } = await fetch(input, init);
    const changed = new Headers(headers);
    if (asked++ > 0) change(changed);
    return new Response(body, { status, headers: changed });
  };
  const source = await opened({ fetch: changing });
  await source.read(0, 10);
  await expect(source.read(2 * MIB, 10)).rejects.toThrow(/it was changed meanwhile: load it again/);
  await source.close();
});

test('a file that is gone meanwhile is an error', async () => {
  const source = await opened();
  server.faults = { alwaysFail: { status: 416 } };
  await expect(source.read(2 * MIB, 10)).rejects.toThrow(`bytes at ${MIB}, got status 416`);
  await source.close();
});

test('an encoded answer, whose length says nothing, is read whole', async () => {
  const encoded: typeof fetch = async () =>
    new Response(whole, { headers: { 'Content-Encoding': 'gzip', 'Content-Length': '7' } });
  const source = await opened({ fetch: encoded });
  expect([source.size, await readAll(source, [[10, 20]])]).toEqual([SIZE, []]);
});

test('weights may be longer than a text, where no length is announced', async () => {
  const size = 65 * MIB;
  const encoded: typeof fetch = async () =>
    new Response(new Uint8Array(size), { headers: { 'Content-Encoding': 'gzip' } });
  expect((await opened({ fetch: encoded })).size).toBe(size);
});

test('an empty file is empty', async () => {
  const empty: typeof fetch = async () =>
    new Response(null, { status: 416, headers: { 'Content-Range': 'bytes */0' } });
  expect((await opened({ fetch: empty })).size).toBe(0);
});

test('aborting ends what is underway', async () => {
  const stop = new AbortController();
  const onProgress = (): void => stop.abort(new Error('enough'));
  const source = await opened({ signal: stop.signal, onProgress });
  source.expect?.(inOrder.map(([offset, length]) => ({ offset, length })));
  await expect(readAll(source, inOrder)).rejects.toThrow('enough');
  await source.close();
});

test('aborting ends waiting for a server that does not go on', async () => {
  const stop = new AbortController();
  let asked = 0;
  const stalling: typeof fetch = (input, init) => {
    if (asked++ === 0) return fetch(input, init);
    stop.abort(new Error('too long'));
    return new Promise((_, reject) => {
      if (init?.signal?.aborted) reject(init.signal.reason);
    });
  };
  const source = await opened({ fetch: stalling, signal: stop.signal });
  await expect(source.read(2 * MIB, 10)).rejects.toThrow('too long');
  await source.close();
});

test('closing ends what is underway, and who still reads is told', async () => {
  const endless = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(10)) });
  const headers = { 'Content-Length': '100' };
  const source = await opened({ fetch: async () => new Response(endless, { headers }) });
  const reading = expect(source.read(0, 100)).rejects.toThrow('got one that was closed');
  await source.close();
  await reading;
});
