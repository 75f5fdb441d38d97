/** The values of an image processor: their order, batches, alpha and settings. */
import { BitImageProcessor } from './image-processor.ts';

/** An image of 6 × 4 pixels, all different, as a browser's `ImageData` has it. */
function rgba(alpha: (pixel: number) => number): { width: number; height: number; data: Uint8Array } {
  const data = Uint8Array.from({ length: 96 }, (_, i) => (i % 4 === 3 ? alpha(i >> 2) : (i * 37) % 251));
  return { width: 6, height: 4, data };
}

function rgb() {
  const { width, height, data } = rgba(() => 255);
  return { width, height, channels: 3 as const, data: data.filter((_, i) => i % 4 !== 3) };
}

const OVERRIDES = {
  doResize: false,
  cropSize: { height: 2, width: 5 },
  rescaleFactor: 1,
  imageMean: [0, 0, 0],
  imageStd: [1, 1, 1],
};

async function processorOf(settings: object, backend?: 'torchvision' | 'pil'): Promise<BitImageProcessor> {
  const files = { 'preprocessor_config.json': new TextEncoder().encode(JSON.stringify(settings)) };
  return BitImageProcessor.fromPretrained(files, { overrides: OVERRIDES, ...(backend && { backend }) });
}

test('one value for each channel, row and column, in that order', async () => {
  const processor = await processorOf({});
  const { pixelValues } = await processor.preprocess(rgb());
  expect(pixelValues.shape).toEqual([1, 3, 2, 5]);
  const { data } = rgb();
  const expected = [0, 1, 2].flatMap((channel) =>
    [1, 2].flatMap((y) => [0, 1, 2, 3, 4].map((x) => data[(y * 6 + x) * 3 + channel])),
  );
  expect([...pixelValues.data]).toEqual(expected);
});

test('images of a batch follow one another', async () => {
  const processor = await processorOf({});
  const [first, second] = [rgb(), { ...rgb(), data: rgb().data.map((value) => 255 - value) }];
  const { pixelValues: both } = await processor.preprocess([first, second]);
  expect(both.shape).toEqual([2, 3, 2, 5]);
  const alone = await Promise.all([first, second].map((image) => processor.preprocess(image)));
  expect([...both.data]).toEqual(alone.flatMap(({ pixelValues }) => [...pixelValues.data]));
});

test('cropped bytes are those of the image, channels last', async () => {
  const processor = await processorOf({});
  const [first, second] = [rgb(), { ...rgb(), data: rgb().data.map((value) => 255 - value) }];
  const { pixels } = await processor.resizeAndCrop([first, second]);
  expect(pixels.shape).toEqual([2, 2, 5, 3]);
  const cut = ({ data }: ReturnType<typeof rgb>) => [...data.slice(18, 18 + 15), ...data.slice(36, 36 + 15)];
  expect([...pixels.data]).toEqual([...cut(first), ...cut(second)]);
});

test('alpha is laid on white', async () => {
  const processor = await processorOf({});
  const values = async (image: ReturnType<typeof rgba> | ReturnType<typeof rgb>) =>
    (await processor.preprocess(image)).pixelValues.data;
  expect(await values(rgba(() => 255))).toEqual(await values(rgb()));
  expect(await values(rgba(() => 0))).toEqual(new Float32Array(30).fill(255));
  const half = await values(rgba(() => 51));
  const opaque = await values(rgb());
  expect([...half]).toEqual(Array.from(opaque, (value) => Math.round(value * 0.2 + 204)));
});

test('without a file the settings are those of DINOv2, the backend torchvision', async () => {
  const processor = new BitImageProcessor();
  expect(processor.backend).toBe('torchvision');
  expect(processor.config.resample).toBe(3);
  const { pixelValues } = await processor.preprocess(rgb());
  expect(pixelValues.shape).toEqual([1, 3, 224, 224]);
  expect((await processorOf({}, 'pil')).backend).toBe('pil');
  expect((await processorOf({})).backend).toBe('torchvision');
});

test('images of different sizes, no images, and values that are no image are refused', async () => {
  const files = { 'preprocessor_config.json': new TextEncoder().encode('{"do_center_crop": false}') };
  const processor = await BitImageProcessor.fromPretrained(files, { overrides: { doResize: false } });
  const narrow = { width: 4, height: 6, channels: 3 as const, data: rgb().data };
  await expect(processor.preprocess([rgb(), narrow])).rejects.toThrow(/one size in a batch, got 4×6 and 6×4/);
  await expect(processor.preprocess([])).rejects.toThrow(/at least one image/);
  await expect(processor.preprocess({ ...rgb(), width: 7 })).rejects.toThrow(
    /expected 7×4 pixels of 3 channels/,
  );
});
