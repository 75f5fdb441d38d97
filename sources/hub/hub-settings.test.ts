import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { hubSettings } from './hub-settings-node.ts';

const HOME = homedir();

test.each([
  [{}, join(HOME, '.cache', 'huggingface', 'hub')],
  [{ XDG_CACHE_HOME: '~/c' }, join(HOME, 'c', 'huggingface', 'hub')],
  [{ XDG_CACHE_HOME: '/c', HF_HOME: '' }, join('/c', 'huggingface', 'hub')],
  [{ HF_HOME: '~/x', XDG_CACHE_HOME: '/c' }, join(HOME, 'x', 'hub')],
  [{ HF_HOME: '~' }, join(HOME, 'hub')],
  [{ HF_HOME: '$DATA/x', DATA: '/data' }, join('/data', 'x', 'hub')],
  [{ HF_HOME: `\${DATA}x`, DATA: '/data' }, join('/datax', 'hub')],
  [{ HF_HOME: '/a/$NOTHING' }, join('/a/$NOTHING', 'hub')],
  [{ HF_HUB_CACHE: '~/y', HF_HOME: '/x' }, `${HOME}/y`],
  [{ HUGGINGFACE_HUB_CACHE: '$DATA/z', DATA: '/data', HF_HOME: '/x' }, '/data/z'],
  [{ HF_HUB_CACHE: '/y', HUGGINGFACE_HUB_CACHE: '/z' }, '/y'],
  [{ HF_HUB_CACHE: '/a~/b' }, '/a~/b'],
])('%j: the cache is %s', (env, cacheDir) => {
  expect(hubSettings({}, env).cacheDir).toBe(cacheDir);
});

test('a cache folder that is chosen goes before the environment, and ~ in it is the home folder', () => {
  expect(hubSettings({ cacheDir: '~/x' }, { HF_HUB_CACHE: '/y' }).cacheDir).toBe(`${HOME}/x`);
  // what a variable is to a shell is a name to a program
  expect(hubSettings({ cacheDir: '/$x' }, { x: 'y' }).cacheDir).toBe('/$x');
});

test.each([
  [{ TRANSFORMERS_OFFLINE: '1' }, true],
  [{ HF_HUB_OFFLINE: 'on' }, true],
  [{ HF_HUB_OFFLINE: 'Yes' }, true],
  [{ TRANSFORMERS_OFFLINE: 'TRUE' }, true],
  [{ HF_HUB_OFFLINE: '0', TRANSFORMERS_OFFLINE: '1' }, false],
  [{ HF_HUB_OFFLINE: '', TRANSFORMERS_OFFLINE: '1' }, true],
  [{ HF_HUB_OFFLINE: 'no' }, false],
  [{}, false],
])('%j: offline is %s', (env, offline) => {
  expect(hubSettings({}, env).offline).toBe(offline);
  expect(hubSettings({ offline: !offline }, env).offline).toBe(!offline);
});

test('a token comes from the option, the environment, or the file that Python keeps it in', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dinov2-token-'));
  try {
    writeFileSync(join(folder, 'token'), 'of-the-file\n');
    writeFileSync(join(folder, 'other'), 'of-the-other\r\n');
    const env = { HF_HOME: folder };
    expect(hubSettings({}, env).token).toBe('of-the-file');
    expect(hubSettings({}, { ...env, T: folder, HF_TOKEN_PATH: '$T/other' }).token).toBe('of-the-other');
    expect(hubSettings({}, { ...env, HF_TOKEN: ' of-env\n' }).token).toBe('of-env');
    expect(hubSettings({}, { ...env, HUGGING_FACE_HUB_TOKEN: 'old' }).token).toBe('old');
    expect(hubSettings({ token: 'mine' }, { ...env, HF_TOKEN: 'of-env' }).token).toBe('mine');
    expect(hubSettings({ token: '' }, env).token).toBeUndefined();
    const silent = { ...env, HF_TOKEN: 'of-env', HF_HUB_DISABLE_IMPLICIT_TOKEN: 'yes' };
    expect(hubSettings({}, silent).token).toBeUndefined();
    expect(hubSettings({ token: 'mine' }, silent).token).toBe('mine');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a mirror is an address, with or without a slash at its end', () => {
  expect(hubSettings({}, {}).endpoint).toBe('https://huggingface.co');
  expect(hubSettings({}, { HF_ENDPOINT: 'http://mirror/hf//' }).endpoint).toBe('http://mirror/hf');
  for (const HF_ENDPOINT of ['hf-mirror.com', 'ftp://x', 'https://']) {
    expect(() => hubSettings({}, { HF_ENDPOINT })).toThrow(/^HF_ENDPOINT: expected an address such as https/);
  }
});

test('how long to wait for an answer is said in seconds', () => {
  expect(hubSettings({}, {}).patience).toBe(10_000);
  expect(hubSettings({}, { HF_HUB_ETAG_TIMEOUT: '30' }).patience).toBe(30_000);
});
