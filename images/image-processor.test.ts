/** Refusals of the image processor: images and settings that make no sense. */
import { ImageError, OptionError } from '../errors/errors.ts';
import { AutoImageProcessor, BitImageProcessor } from './image-processor.ts';
import { DINOV2_PROCESSOR } from './processor-config.ts';
import type { RawImage } from './raw-image.ts';

const MODEL = new URL('../models/digits', import.meta.url).pathname;

function grey(width: number, height: number, values = width * height * 3): RawImage {
  return { width, height, channels: 3, data: new Uint8Array(values) };
}

test.each<[string, RawImage]>([
  ['no pixels', grey(0, 0)],
  ['negative sides', grey(-2, -2, 12)],
  ['fractions of pixels', grey(1.5, 2, 9)],
  ['a side that is no number', grey(Number.NaN, 2, 9)],
  ['a shape that is resized to billions of pixels', grey(1_000_000, 1)],
])('an image of %s is refused by name', async (_, image) => {
  const processor = new BitImageProcessor();
  await expect(processor.preprocess([image], { names: ['odd.png'] })).rejects.toThrow(ImageError);
  await expect(processor.resizeAndCrop([image], { names: ['odd.png'] })).rejects.toThrow(ImageError);
  await expect(processor.preprocess([image], { names: ['odd.png'] })).rejects.toThrow(
    /^odd\.png: .*expected 1 to \d+ pixels/,
  );
});

test.each([null, undefined, 3, [1, 2], {}, { width: 1, height: 1 }])('%p is no image', async (image) => {
  const call: Promise<unknown> = Reflect.apply(
    BitImageProcessor.prototype.preprocess,
    new BitImageProcessor(),
    [[image]],
  );
  await expect(call).rejects.toThrow(OptionError);
});

test('settings that ask for absurd sizes are refused', async () => {
  for (const config of [
    { ...DINOV2_PROCESSOR, size: { kind: 'exact', height: 1e9, width: 1e9 } as const },
    { ...DINOV2_PROCESSOR, cropSize: { height: 1e9, width: 1e9 } },
    { ...DINOV2_PROCESSOR, size: { kind: 'within', maxHeight: 1, maxWidth: 1 } as const },
  ]) {
    await expect(new BitImageProcessor(config).preprocess(grey(2, 900))).rejects.toThrow(ImageError);
  }
});

test('an unknown option is refused by name', async () => {
  const misspelt: object = { override: { doResize: false } };
  for (const { fromPretrained } of [BitImageProcessor, AutoImageProcessor]) {
    await expect(fromPretrained(MODEL, misspelt)).rejects.toThrow(OptionError);
    await expect(fromPretrained(MODEL, misspelt)).rejects.toThrow(
      /among backend, overrides, .*, got override; write overrides$/,
    );
  }
});

test('a source without settings is refused, unless they are given for that case', async () => {
  await expect(BitImageProcessor.fromPretrained({})).rejects.toThrow(
    /expected a preprocessor_config\.json, got none/,
  );
  const whenAbsent = () => DINOV2_PROCESSOR;
  const overrides = { doCenterCrop: false };
  const processor = await BitImageProcessor.fromPretrained({}, { whenAbsent, overrides });
  expect(processor.config).toEqual({ ...DINOV2_PROCESSOR, doCenterCrop: false });
});
