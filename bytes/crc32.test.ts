import { checksum } from './checksum.ts';
import { crc32 } from './crc32.ts';

test('checksums of known texts', () => {
  const encode = (text: string) => new TextEncoder().encode(text);
  expect(crc32(new Uint8Array(0))).toBe(0);
  expect(crc32(encode('123456789'))).toBe(0xcbf43926);
  expect(crc32(encode('The quick brown fox jumps over the lazy dog'))).toBe(0x414fa339);
});

test('pieces of any length and place give the checksum of the whole', () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * i + (i >> 3)) & 255);
  for (const cut of [0, 1, 7, 16, 33, 999]) {
    expect(checksum(bytes.subarray(cut), checksum(bytes.subarray(0, cut)))).toBe(crc32(bytes));
    expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(crc32(bytes));
  }
});
