/** Errors in the work of the whole command, and what it writes where; errors of usage are in `usage.test.ts`. */
import { spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, existsSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Installation } from '../backends/testing/installation.ts';
import { COMMAND, DIGITS, dinov2, folder, MODEL, startDinov2 } from './testing/command.ts';

test.each<[string, string[], RegExp]>([
  [
    'a model that does not exist',
    ['embed', `${DIGITS}/one.png`, '-m', './nowhere'],
    /^dinov2: \.\/nowhere: expected a folder/,
  ],
  [
    'a folder that is not there',
    ['embed', `${DIGITS}/one.png`, '-m', MODEL, '-o', 'no/such/a.npy'],
    /a\.npy: expected to write this file, got ENOENT/,
  ],
  ['a glob without images', ['embed', '*.tiff', '-m', MODEL], /images: expected at least one/],
  [
    'a reference that is not there, with a name that could be of the Hub',
    ['verify', '-m', MODEL, '-r', 'no/reference'],
    /^dinov2: no\/reference: expected a file that can be read, got ENOENT/,
  ],
  [
    'a reference that is none',
    ['verify', '-m', MODEL, '-r', `${MODEL}/model.safetensors`],
    /expected a reference with metadata format/,
  ],
])('%s is an error in one line', (_, words, message) => {
  const { status, out, err } = dinov2(...words);
  expect(status).toBe(1);
  expect(out).toBe('');
  expect(err).toMatch(message);
  expect(err.trim().split('\n')).toHaveLength(1);
  expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
});

test('--version is that of the package', () => {
  expect(dinov2('--version').out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test.each([
  ['tensorflow', '@tensorflow/tfjs-node.* npm install @tensorflow/tfjs-node,.*'],
  ['cuda', '@tensorflow/tfjs-node.* npm install @tensorflow/tfjs-node,.*'],
  ['webgpu', 'webgpu, got no such package; install it: npm install webgpu @tensorflow/tfjs-backend-webgpu'],
])('--backend %s without its package says what to install', (backend, words) => {
  const installation = new Installation();
  const command = ['embed', `${DIGITS}/one.png`, '-m', MODEL, '--backend', backend];
  const { status, out, err } = installation.dinov2(...command);
  installation.dispose();
  expect({ status, out }).toEqual({ status: 1, out: '' });
  expect(err).toMatch(new RegExp(`^dinov2: ${backend}: expected the package ${words}\\n$`));
});

test('a name with a line break or an escape is still one line of output', () => {
  const name = 'a\nb\x1b[31m\t.png';
  copyFileSync(`${DIGITS}/one.png`, join(folder, name));
  const { out } = dinov2('classify', name, '-m', MODEL, '-k', '1');
  expect(out).toMatch(/^a\\nb\\u001b\[31m\\t\.png\tone 0\.\d{4}\n$/);
  const { status, err } = dinov2('classify', 'gone\n\x1b.png', '-m', MODEL);
  expect(status).toBe(1);
  expect(err).toMatch(/^dinov2: gone\\n\\u001b\.png: expected .*, got no such file\n$/);
});

test('a reader that stops early is no error', async () => {
  const child = startDinov2(['embed', DIGITS, '-m', MODEL]);
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += String(chunk);
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect({ status, err }).toEqual({ status: 0, err: '' });
});

test('results still come where nobody reads the messages', async () => {
  const words = ['embed', ...Array<string>(200).fill('gone.png'), `${DIGITS}/one.png`, '-m', MODEL];
  const child = startDinov2(words);
  let out = '';
  child.stderr.destroy();
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect(status).toBe(1);
  expect(JSON.parse(out).embedding).toHaveLength(96);
});

test('a full disk behind standard output is an error in one line', () => {
  if (!existsSync('/dev/full')) return;
  const full = openSync('/dev/full', 'w');
  const words = [COMMAND, 'embed', `${DIGITS}/one.png`, '-m', MODEL];
  const { status, stderr } = spawnSync(process.execPath, words, {
    encoding: 'utf8',
    stdio: ['ignore', full, 'pipe'],
  });
  closeSync(full);
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: 'dinov2: standard output: expected to write results, got ENOSPC\n',
  });
});
