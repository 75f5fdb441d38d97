/** What is drawn, beside what was drawn when it had been looked at; pages are held to the same bytes by `npm run test:browser`. */
import { readFileSync } from 'node:fs';
import { crc32 } from '../bytes/crc32.ts';
import { renderSamples } from './browser/render-samples.ts';

const expected: unknown = JSON.parse(readFileSync('conformance/fixtures/rendered.json', 'utf8'));

test('drawings have the bytes that they had', async () => {
  const samples = Object.entries(await renderSamples());
  expect(Object.fromEntries(samples.map(([name, bytes]) => [name, [bytes.length, crc32(bytes)]]))).toEqual(
    expected,
  );
});
