import { resizeImage } from './resize.ts';

const image = {
  width: 3,
  height: 2,
  channels: 3 as const,
  data: Uint8Array.from({ length: 18 }, (_, i) => 9 * i),
};

test('torchvision has neither box nor Hamming, and nobody has a seventh filter', () => {
  for (const resample of [4, 5]) {
    expect(() => resizeImage(image, 2, 2, resample, 'torchvision')).toThrow(/0 to 3.* got/);
    expect(resizeImage(image, 2, 2, resample, 'pil').data).toHaveLength(12);
  }
  expect(() => resizeImage(image, 2, 2, 6, 'pil')).toThrow(/0 to 5.* got 6/);
});

test('an image that has the size already keeps its pixels', () => {
  for (const resample of [0, 1, 2, 3]) {
    expect(resizeImage(image, 3, 2, resample, 'torchvision').data).toEqual(image.data);
  }
});
