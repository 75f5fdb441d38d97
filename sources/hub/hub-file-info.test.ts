import { hubFileInfo } from './hub-file-info.ts';
import { BusyError, type HubRequest, RevisionError } from './hub-request.ts';

const COMMIT = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00';
const COMPLETE = { 'X-Repo-Commit': COMMIT, ETag: '"abc"', 'Content-Length': '5' };
const ENDPOINT = 'http://mirror.example/hf';

type Answer = { status?: number; headers?: Record<string, string> };

/** Who was asked, and with which token. */
let asked: string[];

/** A Hub that answers each address as the table says. */
function hub(answers: Record<string, Answer>, endpoint = ENDPOINT): HubRequest {
  asked = [];
  return {
    endpoint,
    id: 'owner/model',
    revision: 'main',
    token: 'secret',
    patience: 1000,
    async fetch(input, init) {
      const url = String(input);
      asked.push(`${url} ${new Headers(init?.headers).get('Authorization') ?? 'without token'}`);
      const { status = 200, headers = {} } = answers[url] ?? { status: 599 };
      return new Response(null, { status, headers });
    },
  };
}

const START = `${ENDPOINT}/owner/model/resolve/main/config.json`;

test('a relative redirect is followed to the answer that has the length', async () => {
  const answers = {
    [START]: {
      status: 307,
      headers: { Location: '/api/cache/config.json', 'X-Linked-Etag': '"abc"', 'Content-Length': '289' },
    },
    'http://mirror.example/api/cache/config.json': { headers: COMPLETE },
  };
  expect(await hubFileInfo(hub(answers), 'config.json')).toEqual({ commit: COMMIT, etag: 'abc', size: 5 });
});

test('what several answers say adds up', async () => {
  const answers = {
    [START]: {
      status: 302,
      headers: { Location: '/b', 'X-Linked-Etag': 'W/"abc"', 'X-Repo-Commit': COMMIT, ETag: '"wrong"' },
    },
    'http://mirror.example/b': { headers: { ETag: '"of-the-store"', 'Content-Length': '7' } },
  };
  expect(await hubFileInfo(hub(answers), 'config.json')).toEqual({ commit: COMMIT, etag: 'abc', size: 7 });
});

test('a redirect that has said everything is not followed', async () => {
  const headers = { 'X-Linked-Etag': '"abc"', 'X-Linked-Size': '9', 'X-Repo-Commit': COMMIT };
  const answers = { [START]: { status: 302, headers: { ...headers, Location: 'https://cdn.example/x' } } };
  expect(await hubFileInfo(hub(answers), 'config.json')).toEqual({ commit: COMMIT, etag: 'abc', size: 9 });
  expect(asked).toHaveLength(1);
});

test('a mirror may send on to the Hub, which gets the token', async () => {
  const there = 'https://huggingface.co/owner/model/resolve/main/config.json';
  const answers = { [START]: { status: 308, headers: { Location: there } }, [there]: { headers: COMPLETE } };
  expect(await hubFileInfo(hub(answers), 'config.json')).toMatchObject({ size: 5 });
  expect(asked).toEqual([`${START} Bearer secret`, `${there} Bearer secret`]);
});

test('a mirror on this machine may call itself by another name, which does not get the token', async () => {
  const here = 'http://127.0.0.1:8731/owner/model/resolve/main/config.json';
  const there = 'http://localhost:8731/owner/model/resolve/main/config.json';
  const answers = { [here]: { status: 308, headers: { Location: there } }, [there]: { headers: COMPLETE } };
  expect(await hubFileInfo(hub(answers, 'http://127.0.0.1:8731'), 'config.json')).toMatchObject({ size: 5 });
  expect(asked).toEqual([`${here} Bearer secret`, `${there} without token`]);
});

test.each([
  'https://elsewhere.example',
  'https://mirror.example', // another scheme
  'http://mirror.example:81',
  'http://huggingface.co',
  'https://huggingface.co.elsewhere.example',
  'http://localhost:80',
])('a place that is not known to be the Hub is not asked: %s', async (origin) => {
  const answers = { [START]: { status: 308, headers: { Location: `${origin}/x` } } };
  await expect(hubFileInfo(hub(answers), 'config.json')).rejects.toThrow(
    `owner/model/config.json: expected a file of the Hub, got a redirect to ${new URL(origin).origin}, which is not known`,
  );
  expect(asked).toHaveLength(1);
});

test('a length that nobody says is left to the download', async () => {
  const { 'Content-Length': _, ...headers } = COMPLETE;
  expect(await hubFileInfo(hub({ [START]: { headers } }), 'config.json')).toMatchObject({ size: undefined });
  const zipped = { ...COMPLETE, 'Content-Encoding': 'gzip' };
  const info = await hubFileInfo(hub({ [START]: { headers: zipped } }), 'config.json');
  expect(info).toMatchObject({ size: undefined });
});

test('a name is escaped in the address', async () => {
  const odd = `${ENDPOINT}/owner/model/resolve/main/a%20b/c%23%3F.json`;
  expect(await hubFileInfo(hub({ [odd]: { headers: COMPLETE } }), 'a b/c#?.json')).toMatchObject({ size: 5 });
});

test('a file that is not there is no error, and tells the commit', async () => {
  const headers = { 'X-Error-Code': 'EntryNotFound', 'X-Repo-Commit': COMMIT };
  const info = await hubFileInfo(hub({ [START]: { status: 404, headers } }), 'config.json');
  expect(info).toEqual({ commit: COMMIT, etag: undefined });
});

test('a repository that is not there may be a folder that is not there', async () => {
  const answers = { [START]: { status: 401, headers: { 'X-Error-Code': 'RepoNotFound' } } };
  await expect(hubFileInfo(hub(answers), 'config.json')).rejects.toThrow(
    /got status 401 RepoNotFound; check the id, of which there is no folder here either, or set HF_TOKEN/,
  );
});

test('a server that is busy says when to come again', async () => {
  const busy = hubFileInfo(hub({ [START]: { status: 429, headers: { 'Retry-After': '7' } } }), 'config.json');
  await expect(busy).rejects.toThrow(BusyError);
  await expect(busy).rejects.toThrow(/got status 429; try again in 7 s/);
  await expect(busy).rejects.toMatchObject({ pause: 7000 });
});

test('a revision that is not there is an error of its own', async () => {
  const answers = { [START]: { status: 404, headers: { 'X-Error-Code': 'RevisionNotFound' } } };
  await expect(hubFileInfo(hub(answers), 'config.json')).rejects.toThrow(RevisionError);
});

test('a server that does not answer is waited for no longer than said', async () => {
  const request: HubRequest = {
    ...hub({}),
    patience: 50,
    fetch: (_, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      }),
  };
  await expect(hubFileInfo(request, 'config.json')).rejects.toThrow(
    `expected an answer of ${ENDPOINT}, got none in 0.05 s`,
  );
});
