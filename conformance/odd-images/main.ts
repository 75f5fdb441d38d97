/**
 * Decodes odd images and compares every byte with Pillow's.
 *
 * Usage: npm run odd-images -- FILE [--show 20]
 *
 * FILE is what `conformance/python/odd_images.py` writes. The exit status is 1 if a byte differs, or one system reads what
 * the other refuses without a reason in `reasons.ts`.
 */

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { memorySource } from '../../sources/byte-source.ts';
import { openSafetensors } from '../../weights/safetensors/open-safetensors.ts';
import { type Comparison, compareImage, oddImages } from './compare.ts';
import { reasonFor } from './reasons.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { show: { type: 'string', default: '20' } },
});
const [path = ''] = positionals;
const file = await openSafetensors(memorySource(new Uint8Array(readFileSync(path))), path);

const tally = new Map<string, Comparison[]>();
let bytes = 0;
let differing = 0;

/** What a comparison comes to, in words. */
function verdict(comparison: Comparison): string {
  const { error, refusal } = comparison;
  if (comparison.differing !== undefined) {
    return comparison.differing === 0 ? 'read alike' : 'WRONG: read otherwise';
  }
  if (error !== null && refusal !== undefined) return 'refused by both';
  const reason = reasonFor(comparison);
  if (reason !== undefined) return `read though Pillow raises: ${reason}`;
  return error === null ? 'WRONG: refused though Pillow reads' : 'WRONG: read though Pillow raises';
}

const images = oddImages(file);
for (const index of images.keys()) {
  const comparison = await compareImage(file, index);
  if (comparison.differing !== undefined) {
    bytes += file.tensors.get(`${index}.rgb`)?.byteLength ?? 0;
    differing += comparison.differing;
  }
  const word = verdict(comparison);
  tally.set(word, [...(tally.get(word) ?? []), comparison]);
}
for (const [word, list] of tally) {
  console.log(`${String(list.length).padStart(6)}  ${word}`);
  if (!word.startsWith('WRONG')) continue;
  process.exitCode = 1;
  for (const { kind, error, refusal, differing: count } of list.slice(0, Number(values.show))) {
    console.log(`          ${kind}: ${error ?? refusal ?? `${count} bytes differ`}`);
  }
}
console.log(`${images.length} images, ${bytes} bytes compared, ${differing} differ`);
