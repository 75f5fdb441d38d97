/** What is preprocessed ahead is what the processor gives; threads run in tests of the command, from what is built. */
import { BitImageProcessor } from './image-processor.ts';
import type { ImageInput } from './inputs/image-input.ts';
import { preprocessAhead } from './preprocess-ahead.ts';
import { writeBmp } from './testing/write-bmp.ts';

const processor = new BitImageProcessor({ size: 8, cropSize: 8 });

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
    '1,3,8,8',
    expect.stringMatching(/^image 1: expected an image in one of JPEG/),
    '1,3,8,8',
    '1,3,8,8',
    expect.stringMatching(/^image 4: expected an image in one of JPEG/),
    'torn',
    '1,3,8,8',
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

test('what an image is made in may be used again for the next', async () => {
  const frames = Array.from({ length: 6 }, (_, i) => bmp(40 * i));
  const file = new Uint8Array(bmp(0));
  const pixels = { data: new Uint8Array(12), width: 2, height: 2, channels: 3 as const };
  const images = (function* () {
    for (const [i, frame] of frames.entries()) {
      file.set(frame);
      yield { name: 'file', image: file, grey: 40 * i };
      pixels.data.fill(40 * i);
      yield { name: 'pixels', image: pixels, grey: 40 * i };
    }
  })();
  let count = 0;
  for await (const { from, pixelValues } of preprocessAhead(processor, images, 5)) {
    const image =
      from.name === 'file' ? bmp(from.grey) : { ...pixels, data: new Uint8Array(12).fill(from.grey) };
    const { data } = (await processor.preprocess(image)).pixelValues;
    expect(Buffer.compare(Buffer.from((await pixelValues).data.buffer), Buffer.from(data.buffer))).toBe(0);
    count += 1;
  }
  expect(count).toBe(2 * frames.length);
});

test('images that come one by one, each after the last is done, are not waited for', async () => {
  const done: string[] = [];
  const images = (async function* () {
    for (let i = 0; i < 6; i++) {
      while (done.length < i) await new Promise((resolve) => setTimeout(resolve, 1));
      yield { name: String(i), image: bmp(i) };
    }
  })();
  for await (const { from, pixelValues } of preprocessAhead(processor, images, 4)) {
    await pixelValues;
    done.push(from.name);
  }
  expect(done).toEqual(['0', '1', '2', '3', '4', '5']);
});

test('what the images come from may fail, which is told after those that came', async () => {
  const images = (function* () {
    yield* numbered([bmp(1), bmp(2)]);
    throw new RangeError('no more');
  })();
  const ahead = preprocessAhead(processor, images, 5);
  expect((await ahead.next()).value?.from.i).toBe(0);
  expect((await ahead.next()).value?.from.i).toBe(1);
  await expect(ahead.next()).rejects.toThrow(RangeError);
});

test('a processor of somebody else is asked for every image, one at a time', async () => {
  let [now, most] = [0, 0];
  const own = {
    async preprocess() {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 1));
      now -= 1;
      return {
        pixelValues: { data: new Float32Array(3), shape: [1, 3, 1, 1] as [number, number, number, number] },
      };
    },
  };
  const shapes: string[] = [];
  for await (const { pixelValues } of preprocessAhead(own, numbered([1, 2, 3, 4, 5, 6].map(bmp)), 4)) {
    shapes.push(String((await pixelValues).shape));
  }
  expect(shapes).toEqual(Array(6).fill('1,3,1,1'));
  expect(most).toBe(1);
});

test('leaving early ends the source and what is being fetched; a signal ends all with its reason', async () => {
  const aborted: string[] = [];
  const fetch = (address: string | URL | Request, { signal }: RequestInit = {}): Promise<Response> =>
    new Promise((_, reject) => {
      signal?.addEventListener('abort', () => {
        aborted.push(String(address));
        reject(signal.reason);
      });
    });
  const images = ['1', '2', '3', '4', '5'].map((name) => ({
    name,
    image: Number(name) < 5 ? bmp(Number(name)) : `http://a.test/${name}`,
  }));
  for await (const { from } of preprocessAhead(processor, images, 6, { fetch })) if (from.name === '5') break;
  expect(aborted).toEqual(['http://a.test/5']);
  const controller = new AbortController();
  const ahead = preprocessAhead(processor, images, 6, { fetch, signal: controller.signal });
  for (let i = 0; i < 4; i++) await ahead.next();
  const last = (await ahead.next()).value;
  controller.abort(new RangeError('enough'));
  await expect(last?.pixelValues).rejects.toThrow('enough');
  await expect(ahead.next()).rejects.toThrow('enough');
});
