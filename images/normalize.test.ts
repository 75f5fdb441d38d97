/** Refusals of normalisation; its values stand against transformers in conformance/. */
import { ConfigError } from '../errors/errors.ts';
import { normalizeImage } from './normalize.ts';

const IMAGE = { width: 1, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3) } as const;
const FINE = { doRescale: true, rescaleFactor: 1 / 255, doNormalize: true, mean: [0, 0, 0], std: [1, 1, 1] };

test.each([
  ['a deviation of 0', { std: [1, 0, 1] }, '0, 0 and 0.003'],
  ['a mean beyond float32', { mean: [1e300, 0, 0] }, '1e+300, 1 and 0.003'],
  ['an infinite factor', { rescaleFactor: Number.POSITIVE_INFINITY }, '0, 1 and Infinity'],
])('%s, which would give no numbers', (_, wrong, got) => {
  for (const backend of ['pil', 'torchvision'] as const) {
    expect(() => normalizeImage(IMAGE, { ...FINE, ...wrong }, backend)).toThrow(ConfigError);
    expect(() => normalizeImage(IMAGE, { ...FINE, ...wrong }, backend)).toThrow(`got ${got}`);
    expect(normalizeImage(IMAGE, FINE, backend)).toHaveLength(3);
  }
});
