import { SourceError } from '../../errors/errors.ts';
import { memorySource } from '../byte-source.ts';
import { openRepository } from '../open-repository.ts';
import { readText } from '../repository.ts';
import { hidingContentRange } from '../testing/hiding-fetch.ts';
import { HubServer } from '../testing/hub-server.ts';
import { urlRepository } from './url-repository.ts';

const weights = Uint8Array.from({ length: 5000 }, (_, i) => (i * 11) & 255);
const config = new TextEncoder().encode('{"model_type": "dinov2"}');

let server: HubServer;

beforeEach(async () => {
  server = await new HubServer({
    'config.json': { bytes: config },
    'model.safetensors': { bytes: weights },
  }).start();
});

afterEach(() => server.stop());

/** The place the server's files are below. */
function place(): URL {
  return new URL(`${server.endpoint}/owner/model/resolve/main`);
}

test('a small file is one request, whatever is read of it', async () => {
  const source = await urlRepository(place(), {}).open('model.safetensors');
  expect(source?.size).toBe(weights.length);
  expect(await source?.read(1000, 24)).toEqual(weights.slice(1000, 1024));
  expect(await source?.read(0, 0)).toEqual(new Uint8Array(0));
  expect(server.requests.map(({ range }) => range)).toEqual(['bytes=0-1048575']);
});

test('a URL that ends in .safetensors names the file, and its neighbours are beside it', async () => {
  const repository = urlRepository(new URL(`${place().href}/model.safetensors`), {});
  expect(repository.weightsFile).toBe('model.safetensors');
  const source = await repository.open('config.json');
  expect(await source?.read(0, config.length)).toEqual(config);
});

test.each(['pth', 'pt', 'bin'])('a URL that ends in .%s names the file too', (ending) => {
  expect(urlRepository(new URL(`${place().href}/x.${ending}`), {}).weightsFile).toBe(`x.${ending}`);
});

test('a query is part of the address of a file, and not of what is beside it', async () => {
  const get: typeof fetch = (input, init) => {
    const url = new URL(String(input));
    return url.pathname.endsWith('/model.safetensors') && url.search !== '?signed=1'
      ? Promise.resolve(new Response(null, { status: 403 }))
      : fetch(url.href.replace(/\?.*/, ''), init);
  };
  const repository = urlRepository(new URL(`${place().href}/model.safetensors?signed=1`), { fetch: get });
  const source = await repository.open(repository.weightsFile ?? '');
  expect(await source?.read(10, 5)).toEqual(weights.slice(10, 15));
  expect((await repository.open('config.json'))?.size).toBe(config.length);
});

test('a page in place of a file is an error that says so', async () => {
  const page = () =>
    new Response('<!doctype html>', { headers: { 'Content-Type': 'text/html; charset=utf-8' } });
  await expect(urlRepository(place(), { fetch: answering(page) }).open('config.json')).rejects.toThrow(
    /config\.json: expected a file, got a web page \(text\/html\); is the file there/,
  );
  const github = new URL('https://github.com/owner/repo/blob/main/model.pth');
  await expect(urlRepository(github, { fetch: answering(page) }).open('model.pth')).rejects.toThrow(
    /put \/raw\/ in place of \/blob\//,
  );
});

test('a token is sent where one is given for the place, and names are escaped', async () => {
  const asked: string[] = [];
  const get: typeof fetch = async (input, init) => {
    asked.push(`${input} ${new Headers(init?.headers).get('Authorization')}`);
    return new Response(null, { status: 404 });
  };
  await urlRepository(new URL('http://x/y'), { fetch: get, token: 'secret' }).open('a b#.json');
  await urlRepository(new URL('http://x/y'), { fetch: get }, 'secret').open('http://z/w');
  expect(asked).toEqual(['http://x/y/a%20b%23.json null', 'http://x/y/http%3A//z/w Bearer secret']);
});

test('a server without ranges gives the whole file at once', async () => {
  server.faults = { ignoreRanges: true };
  const source = await urlRepository(place(), {}).open('model.safetensors');
  expect(source?.size).toBe(weights.length);
  expect(await source?.read(1000, 24)).toEqual(await memorySource(weights).read(1000, 24));
  expect(server.requests).toHaveLength(1);
});

test('a server that hides Content-Range from other origins gives the whole file at once', async () => {
  const source = await urlRepository(place(), { fetch: hidingContentRange }).open('model.safetensors');
  expect(source?.size).toBe(weights.length);
  expect(await source?.read(1000, 24)).toEqual(weights.slice(1000, 1024));
});

test('a missing file is undefined, any other refusal an error that names the URL', async () => {
  expect(await urlRepository(place(), {}).open('other.json')).toBeUndefined();
  server.faults = { alwaysFail: { status: 500 } };
  await expect(urlRepository(place(), {}).open('config.json')).rejects.toThrow(
    `${place().href}/config.json: expected status 200, got 500`,
  );
});

test('an unreachable server says so', async () => {
  const url = place();
  await server.stop();
  await expect(urlRepository(url, {}).open('config.json')).rejects.toThrow('expected an answer, got');
  await server.start();
});

function answering(...answers: (() => Response)[]): typeof fetch {
  let asked = 0;
  return async () => {
    const answer = answers[Math.min(asked++, answers.length - 1)];
    if (answer === undefined) throw new Error('no answer');
    return answer();
  };
}

function part(range: string, body: BodyInit): () => Response {
  return () => new Response(body, { status: 206, headers: { 'Content-Range': range } });
}

test('bytes of another range than asked for are an error, not wrong weights', async () => {
  const get = answering(part('bytes 0-99/100', 'cut short'), part('bytes 50-59/100', '0123456789'));
  const source = await urlRepository(place(), { fetch: get }).open('model.safetensors');
  await expect(source?.read(20, 10)).rejects.toThrow(/expected 91 bytes at 9, got bytes 50-59\/100/);
  const first = urlRepository(place(), { fetch: answering(part('bytes 50-59/100', '0123456789')) });
  await expect(first.open('model.safetensors')).rejects.toThrow(
    /model\.safetensors: expected bytes from 0 on, got bytes 50-59\/100/,
  );
});

test('a body without end is given up', async () => {
  let givenUp = 0;
  const endless = () =>
    new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1 << 20)),
      cancel() {
        givenUp += 1;
      },
    });
  const get = answering(() => part('bytes 0-99/100', endless())());
  const source = await urlRepository(place(), { fetch: get }).open('model.safetensors');
  await expect(source?.read(20, 10)).rejects.toThrow(SourceError);
  const whole = urlRepository(place(), { fetch: answering(() => new Response(endless())) });
  await expect(whole.open('config.json')).rejects.toThrow(
    /config\.json: expected at most \d+ bytes, got more/,
  );
  expect(givenUp).toBe(2);
});

test('a connection that is dropped is an error that names the URL', async () => {
  server.faults = { dropAfter: { bytes: 3, times: 9 }, ignoreRanges: true };
  await expect(readText(urlRepository(place(), {}), 'config.json')).rejects.toThrow(
    `${place().href}/config.json: expected an answer, got`,
  );
});

test('a server that can not be reached is named with the reason', async () => {
  const repository = urlRepository(new URL('http://127.0.0.1:1/x'), {});
  await expect(repository.open('config.json')).rejects.toThrow(
    /^http:\/\/127\.0\.0\.1:1\/x\/config\.json: expected an answer, got (?!fetch failed)/,
  );
});

test('what is no URL and no Hub id is named', async () => {
  for (const source of ['http://', 'https://a b/', 'owner/..', '../x/y', 'owner/.git']) {
    await expect(openRepository(source)).rejects.toThrow(SourceError);
    await expect(openRepository(source)).rejects.toThrow(`${source}: expected a folder`);
  }
});
