/** What is preprocessed ahead is what the processor gives; threads run in tests of the command, from what is built. */
import { BitImageProcessor } from './image-processor.ts';
import type { ImageInput } from './inputs/image-input.ts';
import { preprocessAhead } from './preprocess-ahead.ts';
import { writeBmp } from './testing/write-bmp.ts';

const processor = new BitImageProcessor();

const bmp = (grey: number): Uint8Array =>
  writeBmp({ width: 2, height: 1, bits: 24, pixels: [grey, grey, grey, 0, grey, grey, 0, 0] });

/** Images under their numbers; asks for each as it is taken. */
function* numbered(images: readonly (ImageInput | Promise<ImageInput>)[], taken: number[] = []) {
  for (const [i, image] of images.entries()) {
    taken.push(i);
    yield { name: `image ${i}`, image, i };
  }
}

test('images come in their order, with the values of the processor, files and others alike', async () => {
  const pixels = { data: new Uint8Array(12).fill(9), width: 2, height: 2, channels: 3 as const };
  const images = [bmp(1), bmp(2), pixels, bmp(3), pixels, Promise.resolve(bmp(4)), bmp(5), bmp(6)];
  let i = 0;
  for await (const { from, pixelValues } of preprocessAhead(processor, numbered(images), 3)) {
    expect(from.i).toBe(i);
    const expected = await processor.preprocess(await images[i++]!);
    expect(await pixelValues).toEqual(expected.pixelValues);
  }
  expect(i).toBe(images.length);
});

test('an image that can not be read is a rejection of its own, with its name', async () => {
  const images = [
    bmp(1),
    new Uint8Array(9),
    bmp(2),
    bmp(3),
    new Uint8Array(9),
    Promise.reject(new Error('torn')),
    bmp(4),
  ];
  const results: string[] = [];
  for await (const { pixelValues } of preprocessAhead(processor, numbered(images), 8)) {
    results.push(
      await pixelValues.then(
        ({ shape }) => String(shape),
        (error: Error) => error.message,
      ),
    );
  }
  expect(results).toEqual([
    '1,3,224,224',
    expect.stringMatching(/^image 1: expected an image in one of JPEG/),
    '1,3,224,224',
    '1,3,224,224',
    expect.stringMatching(/^image 4: expected an image in one of JPEG/),
    'torn',
    '1,3,224,224',
  ]);
});

test('no more images are taken than may be on their way', async () => {
  const taken: number[] = [];
  const images = Array.from({ length: 30 }, (_, i) => bmp(i));
  let handedOn = 0;
  for await (const { pixelValues } of preprocessAhead(processor, numbered(images, taken), 4)) {
    expect(taken.length - handedOn).toBeLessThanOrEqual(4);
    handedOn += 1;
    await pixelValues;
    if (handedOn === 10) break;
  }
  expect(taken.length).toBeLessThanOrEqual(14);
});
