import { memorySource } from '../byte-source.ts';
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

test('only the bytes that are wanted are asked for', async () => {
  const source = await urlRepository(place(), {}).open('model.safetensors');
  expect(source?.size).toBe(weights.length);
  expect(await source?.read(1000, 24)).toEqual(weights.slice(1000, 1024));
  expect(await source?.read(0, 0)).toEqual(new Uint8Array(0));
  expect(server.requests.map(({ range }) => range)).toEqual(['bytes=0-0', 'bytes=1000-1023']);
});

test('a URL that ends in .safetensors names the file, and its neighbours are beside it', async () => {
  const repository = urlRepository(new URL(`${place().href}/model.safetensors`), {});
  expect(repository.weightsFile).toBe('model.safetensors');
  const source = await repository.open('config.json');
  expect(await source?.read(0, config.length)).toEqual(config);
});

test('a server without ranges gives the whole file at once', async () => {
  server.faults = { ignoreRanges: true };
  const source = await urlRepository(place(), {}).open('model.safetensors');
  expect(source?.size).toBe(weights.length);
  expect(await source?.read(1000, 24)).toEqual(await memorySource(weights).read(1000, 24));
  expect(server.requests).toHaveLength(1);
});

test('a missing file is undefined, any other refusal an error that names the URL', async () => {
  expect(await urlRepository(place(), {}).open('other.json')).toBeUndefined();
  server.faults = { alwaysFail: { status: 500 } };
  await expect(urlRepository(place(), {}).open('config.json')).rejects.toThrow(
    `${place().href}/config.json: expected status 200, got 500`,
  );
});

test('a file that shrinks while it is read is an error, not a short tensor', async () => {
  const source = await urlRepository(place(), {}).open('model.safetensors');
  server.faults = { alwaysFail: { status: 416 } };
  await expect(source?.read(4000, 500)).rejects.toThrow('expected 500 bytes at 4000, got status 416');
});

test('an unreachable server says so', async () => {
  const url = place();
  await server.stop();
  await expect(urlRepository(url, {}).open('config.json')).rejects.toThrow('expected an answer, got');
  await server.start();
});
