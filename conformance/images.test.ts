/** Every encoded picture, from its bytes to pixel values, against transformers with both of its backends. */
import { readdirSync, readFileSync } from 'node:fs';
import { decodeImage } from '../images/decode-image.ts';
import { processImage, resizeAndCrop } from '../images/process-image.ts';
import { parseProcessorConfig } from '../images/processor-config.ts';
import type { RawImage } from '../images/raw-image.ts';
import { memorySource } from '../weights/byte-source.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import { openSafetensors } from '../weights/safetensors/open-safetensors.ts';
import { widen } from '../weights/widen.ts';

const FOLDER = new URL('fixtures/images/', import.meta.url).pathname;
const PIXEL_VALUES_TOLERANCE = 5e-7;
const names = readdirSync(FOLDER).map((file) => file.replace('.safetensors', ''));

function channelsFirst({ width, height, data }: RawImage): Uint8Array {
  const planes = new Uint8Array(data.length);
  const pixels = width * height;
  for (let i = 0; i < data.length; i++) planes[(i % 3) * pixels + Math.floor(i / 3)] = data[i] ?? 0;
  return planes;
}

/** How many bytes differ, and by how much. */
function difference(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
): { count: number; largest: number } {
  let count = Math.abs(actual.length - expected.length);
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const distance = Math.abs((actual[i] ?? 0) - (expected[i] ?? 0));
    if (distance > 0) count++;
    largest = Math.max(largest, distance);
  }
  return { count, largest };
}

async function openReference(name: string): Promise<Checkpoint> {
  return openSafetensors(memorySource(new Uint8Array(readFileSync(`${FOLDER}${name}.safetensors`))), name);
}

test.each(names)('%s', async (name) => {
  const reference = await openReference(name);
  const image = await decodeImage(await reference.read('image_file'), name);
  const shape = reference.tensors.get('rgb')?.shape;
  if (shape !== undefined) {
    expect([image.height, image.width, 3]).toEqual(shape);
    expect(difference(image.data, await reference.read('rgb'))).toEqual({ count: 0, largest: 0 });
  }
  const config = parseProcessorConfig(JSON.parse(reference.metadata.settings ?? '{}'), name);
  for (const backend of ['torchvision', 'pil'] as const) {
    const resized = reference.tensors.get(`resized.${backend}`);
    if (resized === undefined) continue;
    const pixels = resizeAndCrop(image, config, backend);
    expect([3, pixels.height, pixels.width]).toEqual(resized.shape);
    const bytes = difference(channelsFirst(pixels), await reference.read(resized.name));
    expect({ backend, ...bytes }).toEqual({ backend, count: 0, largest: 0 });
    if (!reference.tensors.has(`pixel_values.${backend}`)) continue;
    const expected = widen(await reference.read(`pixel_values.${backend}`), 'F32');
    const processed = processImage(image, config, backend);
    expect(difference(processed.data, expected).largest).toBeLessThanOrEqual(PIXEL_VALUES_TOLERANCE);
  }
});
