/** Images of standard input, and of addresses. */
import { copyFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DIGITS, dinov2, dinov2Reading, ended, folder, MODEL, startDinov2 } from './testing/command.ts';

const TWO = `${DIGITS}/two.png`;
const OPTIONS = ['-m', MODEL, '-k', '1'];

/** Names of images with their labels. */
function labels(out: string): string[][] {
  const lines = out.split('\n').filter((line) => line !== '');
  return lines.map((line) => line.replace(/ [01]\.\d+$/, '').split('\t'));
}

test('- is the names that standard input lists, each as it is', () => {
  const odd = '[1] two*.png';
  copyFileSync(TWO, join(folder, odd));
  const lines = dinov2Reading(`${TWO}\r\n\n${odd}`, 'classify', `${DIGITS}/one.png`, '-', ...OPTIONS);
  expect(lines).toMatchObject({ status: 0, err: '' });
  expect(labels(lines.out)).toEqual([
    [`${DIGITS}/one.png`, 'one'],
    [TWO, 'two'],
    [odd, 'two'],
  ]);
  const found = dinov2Reading(`a\nb.png\0${odd}\0`, 'classify', '-', ...OPTIONS);
  expect(found.status).toBe(1);
  expect(found.err).toMatch(/^dinov2: a\\nb\.png: expected .*, got no such file\n$/);
  expect(labels(found.out)).toEqual([[odd, 'two']]);
});

test('- is the image on standard input', () => {
  const image = readFileSync(TWO);
  expect(labels(dinov2Reading(image, 'classify', '-', ...OPTIONS).out)).toEqual([['-', 'two']]);
  const file = dinov2('embed', TWO, '-m', MODEL);
  const piped = dinov2Reading(image, 'embed', '-', '-m', MODEL);
  expect(JSON.parse(piped.out)).toEqual({ ...JSON.parse(file.out), image: '-' });
  const words = ['features', '-', '-m', MODEL, '-l', '1', '-o', 'x.safetensors', '--json'];
  expect(JSON.parse(dinov2Reading(image, ...words).out)).toMatchObject({ image: '-' });
});

test.each<[string, Uint8Array | string, string, string]>([
  ['nothing', '', 'embed', 'stdin: expected names of images, one a line, or the bytes of one, got nothing'],
  ['half an image', readFileSync(TWO).subarray(0, 300), 'embed', 'stdin: expected a PNG'],
  ['a page', '<!doctype html>\n<p>', 'embed', 'stdin: expected an image in one of .*, got an HTML page'],
  ['an archive', Uint8Array.of(0x1f, 0x8b, 8, 0), 'classify', 'stdin: expected an image .*, got gzip'],
])('%s on standard input is an error in one line', (_, input, verb, message) => {
  const { status, out, err } = dinov2Reading(input, verb, '-', '-m', MODEL);
  expect({ status, out }).toEqual({ status: 1, out: '' });
  expect(err).toMatch(new RegExp(`^dinov2: ${message}.*\n$`));
});

test('features takes one image', () => {
  const words = ['features', '-', '-m', MODEL, '-l', '1', '-o', 'y.safetensors'];
  const { status, err } = dinov2Reading('a.png\nb.png', ...words);
  expect({ status, err }).toEqual({ status: 2, err: 'dinov2: -: expected one image, got 2\n' });
});

test('addresses are images, and those that are none are named', async () => {
  const image = readFileSync(TWO);
  const server = createServer((request, response) => {
    if (request.url === '/two.png?a=[1]*') response.end(image);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const data = `data:image/png;base64,${image.toString('base64')}`;
  const file = pathToFileURL(TWO).href;
  const words = [`${base}/two.png?a=[1]*`, `${base}/gone.png`, data, file];
  const { status, out, err } = await ended(startDinov2(['classify', ...words, ...OPTIONS]));
  server.close();
  expect(labels(out)).toEqual([
    [words[0], 'two'],
    [data, 'two'],
    [file, 'two'],
  ]);
  expect(status).toBe(1);
  expect(err).toMatch(/^dinov2: http:.*\/gone\.png: expected .* 404.*\n$/);
});
