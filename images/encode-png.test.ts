import { decodeImage } from './decode-image.ts';
import { encodePng } from './encode-png.ts';

test('what is written is read again', async () => {
  const [width, height] = [7, 5];
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 37) % 256);
  const image = await decodeImage(await encodePng({ width, height, channels: 3, data }));
  expect(image).toEqual({ width, height, channels: 3, data });
});
