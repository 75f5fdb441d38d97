/** What a file is known again by, in a few milliseconds however large it is. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const SAMPLES = 64;
const SAMPLE_BYTES = 4096;

/**
 * A digest of a file's length and of samples all over it: the whole of a small one. A file that was cut short, of which a
 * disk lost blocks, or that is another differs in it; one bit between samples does not.
 *
 * @throws the file system's error if it can't be read
 */
export function sampledDigest(path: string): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const hash = createHash('sha256').update(`${size} `);
    const step = Math.max(SAMPLE_BYTES, Math.ceil(size / SAMPLES));
    const bytes = new Uint8Array(SAMPLE_BYTES);
    for (let at = 0; at < size; at += step)
      hash.update(bytes.subarray(0, readSync(file, bytes, 0, SAMPLE_BYTES, at)));
    hash.update(bytes.subarray(0, readSync(file, bytes, 0, SAMPLE_BYTES, Math.max(0, size - SAMPLE_BYTES))));
    return hash.digest('hex').slice(0, 32);
  } finally {
    closeSync(file);
  }
}
