import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { openRepository } from './open-repository.ts';
import { proxyFetch } from './proxy-fetch-node.ts';
import { readText } from './repository.ts';
import { HubServer } from './testing/hub-server.ts';

const NAMES = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

let server: HubServer;
let proxy: Server;
let passed: string[];
let before: NodeJS.ProcessEnv;

beforeEach(async () => {
  server = await new HubServer({ 'config.json': { bytes: new TextEncoder().encode('{}') } }).start();
  passed = [];
  const port = Number(new URL(server.endpoint).port);
  // whatever host is asked for, it is the server of the test
  proxy = createServer((asked, answer) => {
    passed.push(asked.url ?? '');
    const { pathname } = new URL(asked.url ?? '', 'http://hub.invalid');
    const { method, headers } = asked;
    request({ host: '127.0.0.1', port, path: pathname, method, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 500, got.headers);
      got.pipe(answer);
    }).end();
  });
  proxy.on('connect', (asked, socket) => {
    passed.push(asked.url ?? '');
    const through = connect(port, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    socket.pipe(through).pipe(socket);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  before = { ...process.env };
  for (const name of NAMES) delete process.env[name];
  process.env.HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});

afterEach(async () => {
  for (const name of NAMES) delete process.env[name];
  Object.assign(process.env, before);
  proxy.closeAllConnections();
  proxy.close();
  await server.stop();
});

test('requests go through the proxy of the environment where undici is installed', async () => {
  const repository = await openRepository('http://hub.invalid/owner/model/resolve/main/');
  expect(await readText(repository, 'config.json')).toBe('{}');
  expect(passed[0]).toMatch(/^(http:\/\/)?hub\.invalid/);
});

test('hosts in NO_PROXY are asked directly', async () => {
  process.env.NO_PROXY = '127.0.0.1';
  const repository = await openRepository(`${server.endpoint}/owner/model/resolve/main/`);
  expect(await readText(repository, 'config.json')).toBe('{}');
  expect(passed).toEqual([]);
});

test('where nothing can use the proxy, a request that fails says so', async () => {
  const get = await proxyFetch('no-such-package');
  expect((await get(`${server.endpoint}/owner/model/resolve/main/config.json`)).status).toBe(200);
  await expect(get('http://hub.invalid/x')).rejects.toThrow(
    /\(the proxy in HTTP_PROXY is not used: set NODE_USE_ENV_PROXY=1 .* or install the package undici\)$/,
  );
});

test("without a proxy, or where a program has set its own dispatcher, Node's fetch is used", async () => {
  const dispatcher = Symbol.for('undici.globalDispatcher.1');
  const own: unknown = Reflect.get(globalThis, dispatcher);
  class EnvHttpProxyAgent {}
  try {
    Reflect.set(globalThis, dispatcher, new EnvHttpProxyAgent());
    expect(await proxyFetch()).toBe(fetch);
  } finally {
    Reflect.set(globalThis, dispatcher, own);
  }
  delete process.env.HTTP_PROXY;
  expect(await proxyFetch()).toBe(fetch);
});
