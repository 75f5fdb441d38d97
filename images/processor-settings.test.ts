/** Settings of a processor as callers write them: forms of sizes, settings of one call, and what is refused. */
import { BitImageProcessor } from './image-processor.ts';
import { DINOV2_PROCESSOR } from './processor-config.ts';
import type { ProcessorSettings } from './processor-settings.ts';
import type { RawImage } from './raw-image.ts';

const MODEL = new URL('../models/digits', import.meta.url).pathname;

const image: RawImage = {
  width: 40,
  height: 30,
  channels: 3,
  data: Uint8Array.from({ length: 3600 }, (_, i) => i),
};

const OFF = { doResize: false, doCenterCrop: false };

test.each<[ProcessorSettings, readonly number[]]>([
  [{}, [224, 224]],
  [{ size: 518, cropSize: 518 }, [518, 518]],
  [{ size: 60, doCenterCrop: false }, [60, 80]],
  [{ size: { shortestEdge: 60 }, doCenterCrop: false }, [60, 80]],
  [{ size: { kind: 'shortest', shortestEdge: 60 }, doCenterCrop: false }, [60, 80]],
  [{ size: { shortestEdge: 60, longestEdge: 60 }, doCenterCrop: false }, [45, 60]],
  [{ size: [50, 20], doCenterCrop: false }, [50, 20]],
  [{ size: { height: 50, width: 20 }, doCenterCrop: false }, [50, 20]],
  [{ size: { maxHeight: 60, maxWidth: 60 }, doCenterCrop: false }, [45, 60]],
  [{ cropSize: [14, 28] }, [14, 28]],
  [{ cropSize: { height: 14, width: 28 } }, [14, 28]],
  [OFF, [30, 40]],
])(
  'with %j images come out in %j, whether it is said to the class or to one call',
  async (settings, size) => {
    const { pixelValues } = await new BitImageProcessor(settings).preprocess(image);
    expect(pixelValues.shape).toEqual([1, 3, ...size]);
    const processor = new BitImageProcessor();
    expect((await processor.preprocess(image, settings)).pixelValues).toEqual(pixelValues);
    expect((await processor.resizeAndCrop([image, image], settings)).pixels.shape).toEqual([2, ...size, 3]);
    expect(processor.config).toEqual(DINOV2_PROCESSOR);
  },
);

test.each<[ProcessorSettings, ProcessorSettings]>([
  [{ resample: 'bilinear' }, { resample: 2 }],
  [
    { imageMean: [0.5], imageStd: [0.5] },
    { imageMean: [0.5, 0.5, 0.5], imageStd: [0.5, 0.5, 0.5] },
  ],
  [
    { doRescale: false, doNormalize: false },
    { doRescale: false, doNormalize: false },
  ],
  [{ size: undefined, rescaleFactor: 0.5 }, { rescaleFactor: 0.5 }],
])('%j is read as a file is', (settings, expected) => {
  expect(new BitImageProcessor(settings).config).toEqual({ ...DINOV2_PROCESSOR, ...expected });
});

test('settings of a file can be overridden in every form', async () => {
  const processor = await BitImageProcessor.fromPretrained(MODEL, { overrides: { size: 40, cropSize: 36 } });
  expect((await processor.preprocess(image)).pixelValues.shape).toEqual([1, 3, 36, 36]);
});

test.each<[object, string]>([
  [{ crop_size: 3 }, 'got crop_size; write cropSize'],
  [{ imageSize: 518 }, 'got imageSize'],
  [{ size: 0 }, 'size: expected pixels as a number'],
  [{ size: { shortest: 3 } }, 'size: expected pixels as a number'],
  [{ cropSize: '224' }, 'cropSize: expected pixels as a number, [height, width]'],
  [{ imageMean: [1, 2] }, 'imageMean: expected three numbers'],
  [{ doResize: 'no' }, 'doResize: expected true or false, got "no"'],
  [{ resample: 'cubic' }, 'resample: expected a number from 0 to 5, or nearest'],
])('%j is refused everywhere', async (settings, message) => {
  expect(() => new BitImageProcessor(settings)).toThrow(message);
  await expect(new BitImageProcessor().preprocess(image, settings)).rejects.toThrow(message);
  await expect(BitImageProcessor.fromPretrained(MODEL, { overrides: settings })).rejects.toThrow(message);
});

test.each<[ProcessorSettings, string]>([
  [
    { size: 518, doResize: false },
    'size: expected doResize to be true, got false, so that it would do nothing',
  ],
  [{ cropSize: 518, doCenterCrop: false }, 'cropSize: expected doCenterCrop to be true, got false'],
  [{ imageMean: [1], doNormalize: false }, 'imageMean: expected doNormalize to be true'],
  [{ imageStd: [1], doNormalize: false }, 'imageStd: expected doNormalize to be true'],
  [{ rescaleFactor: 1, doRescale: false }, 'rescaleFactor: expected doRescale to be true'],
])('%j would do nothing, which is said', async (settings, message) => {
  await expect(new BitImageProcessor().preprocess(image, settings)).rejects.toThrow(message);
  await expect(BitImageProcessor.fromPretrained(MODEL, { overrides: settings })).rejects.toThrow(message);
});
