/** Random crops and flips beside torchvision's: `conformance/python/dump_augment.py` made the references. */
import { readFileSync } from 'node:fs';
import { OptionError } from '../../errors/errors.ts';
import { TorchGenerator } from '../../random/torch-generator.ts';
import { memorySource } from '../../sources/byte-source.ts';
import { openSafetensors } from '../../weights/safetensors/open-safetensors.ts';
import { normalizeImage } from '../normalize.ts';
import { DINOV2_PROCESSOR } from '../processor-config.ts';
import { augment, augmentPixels } from './augment.ts';
import { randomResizedCrop } from './random-resized-crop.ts';

const PATH = new URL('../../conformance/fixtures/augment.safetensors', import.meta.url);
const fixtures = await openSafetensors(memorySource(new Uint8Array(readFileSync(PATH))), 'augment');
const image = { height: 26, width: 31, channels: 3, data: await fixtures.read('image') } as const;
const config = { ...DINOV2_PROCESSOR, cropSize: { height: 15, width: 21 } };

test('crops and flips are those of torchvision, one after another', async () => {
  const rows = new Int32Array((await fixtures.read('crops')).slice().buffer);
  const generator = new TorchGenerator(11);
  const drawn = Array.from({ length: rows.length / 7 }, (_, i) => {
    const [height = 0, width = 0] = rows.subarray(i * 7);
    const crop =
      i < 60
        ? randomResizedCrop({ height, width }, generator, [0.08, 1], [3 / 4, 4 / 3])
        : randomResizedCrop({ height, width }, generator, [0.4, 0.9], [0.5, 3]);
    const flipped = generator.rand() < 0.5 ? 1 : 0;
    return [height, width, crop.top, crop.left, crop.height, crop.width, flipped];
  });
  expect(drawn.flat()).toEqual([...rows]);
});

test('of an image of one pixel the crop is that pixel', () => {
  const generator = new TorchGenerator(1);
  for (let i = 0; i < 100; i++) {
    const crop = randomResizedCrop({ height: 1, width: 1 }, generator, [0.08, 1], [1 / 2, 2]);
    expect(crop).toEqual({ top: 0, left: 0, height: 1, width: 1 });
  }
});

test.each([
  ['torchvision', 2, 'bilinear'],
  ['torchvision', 3, 'bicubic'],
  ['pil', 2, 'bilinear'],
  ['pil', 3, 'bicubic'],
] as const)('pixels of %s with filter %d (%s) are those of torchvision', async (backend, resample, name) => {
  const expected = await fixtures.read(`${backend}.${name}`);
  const got = [0, 1, 2, 3].flatMap((seed) => [
    ...augmentPixels(image, new TorchGenerator(seed), { ...config, resample }, backend).data,
  ]);
  expect(got).toEqual([...expected]);
});

test('pixel values are the augmented pixels, rescaled and normalised as the processor does it', () => {
  const pixels = augmentPixels(image, new TorchGenerator(5), config, 'torchvision');
  const { imageMean: mean, imageStd: std } = config;
  expect(augment(image, new TorchGenerator(5), config, 'torchvision')).toEqual({
    data: normalizeImage(pixels, { ...config, mean, std }, 'torchvision'),
    height: 15,
    width: 21,
  });
});

test('without a crop the size is that of the processor, square where it knows one side', () => {
  const whole = { ...config, doCenterCrop: false };
  const sizeOf = (size: typeof config.size): number[] => {
    const { height, width } = augmentPixels(image, new TorchGenerator(1), { ...whole, size }, 'pil');
    return [height, width];
  };
  expect(sizeOf({ kind: 'shortest', shortestEdge: 9 })).toEqual([9, 9]);
  expect(sizeOf({ kind: 'exact', height: 7, width: 8 })).toEqual([7, 8]);
  expect(sizeOf({ kind: 'within', maxHeight: 6, maxWidth: 5 })).toEqual([6, 5]);
});

test('the whole image without a flip can be asked for, and what is no option is refused', () => {
  const square = { ...image, height: 26, width: 26, data: image.data.slice(0, 26 * 26 * 3) };
  const same = { ...config, cropSize: square };
  const options = { cropScale: [1, 1], cropRatio: [1, 1], flip: 0 } as const;
  const run = (given: object): Uint8Array =>
    augmentPixels(square, new TorchGenerator(3), same, 'torchvision', given).data;
  expect(run(options)).toEqual(square.data);
  for (const wrong of [{ flip: 2 }, { cropScale: [1] }, { cropRatio: [2, 1] }, { crop: 1 }]) {
    expect(() => run(wrong)).toThrow(OptionError);
  }
});
