/** In the page: PNG files of drawings, and a PCA, are those of Node, byte for byte. */
import { crc32 } from '../../bytes/crc32.ts';
import { fetchBytes } from './check-references.ts';
import type { Findings } from './findings.ts';
import { renderSamples } from './render-samples.ts';

/** @param fixtures the folder with `rendered.json`, which has the length and the checksum of each file */
export async function checkRendering(fixtures: URL, findings: Findings): Promise<void> {
  const text = new TextDecoder().decode(await fetchBytes(new URL('rendered.json', fixtures)));
  const expected: Record<string, readonly number[]> = JSON.parse(text);
  const samples = await renderSamples();
  for (const [name, bytes] of Object.entries(samples)) {
    await findings.gather('drawings', name, async () => {
      const got = [bytes.length, crc32(bytes)];
      return String(got) === String(expected[name]) ? [] : [`expected ${expected[name]}, got ${got}`];
    });
  }
}
