/** Memory that the decoder of WebP keeps; the pixels of its kinds stand in conformance/. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { decodeImage } from '../decode-image.ts';

/** Lossless, one colour, of a width and a height up to 16,384: what Pillow writes, with other sizes in its header. */
function plainWebp(width: number, height: number): Uint8Array {
  const bytes = Buffer.from('UklGRhoAAABXRUJQVlA4TA0AAAAvx/KxHAcQERGIiP4HAA==', 'base64');
  bytes.writeUInt32LE(((width - 1) | ((height - 1) << 14) | (1 << 28)) >>> 0, 21);
  return bytes;
}

test('the memory of a large image is released', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const held = async (): Promise<number> => {
    // buffers of WebAssembly go a moment after what holds them
    for (let round = 0; round < 5; round++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return process.memoryUsage().external;
  };
  const decode = async (side: number) => (await decodeImage(plainWebp(side, side))).width;
  expect(await decode(10)).toBe(10);
  const before = await held();
  expect(await decode(5000)).toBe(5000);
  expect(await decode(11)).toBe(11);
  expect((await held()) - before).toBeLessThan(2 ** 26);
});
