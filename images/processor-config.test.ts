import { parseProcessorConfig } from './parse-processor-config.ts';
import { DINOV2_PROCESSOR, type ProcessorConfig } from './processor-config.ts';

test('what a file leaves out is as in BitImageProcessor', () => {
  const expected = {
    doResize: true,
    size: { kind: 'shortest', shortestEdge: 224 },
    resample: 3,
    doCenterCrop: true,
    cropSize: { height: 224, width: 224 },
    doRescale: true,
    rescaleFactor: 1 / 255,
    doNormalize: true,
    imageMean: [0.48145466, 0.4578275, 0.40821073],
    imageStd: [0.26862954, 0.26130258, 0.27577711],
  };
  expect(parseProcessorConfig({}, 'file')).toEqual(expected);
  const nulls = Object.fromEntries(['size', 'crop_size', 'image_mean', 'resample'].map((key) => [key, null]));
  expect(parseProcessorConfig(nulls, 'file')).toEqual(expected);
});

test('the settings without a file are those of the published models', () => {
  const published = {
    image_processor_type: 'BitImageProcessor',
    crop_size: { height: 224, width: 224 },
    do_center_crop: true,
    do_convert_rgb: true,
    do_normalize: true,
    do_rescale: true,
    do_resize: true,
    image_mean: [0.485, 0.456, 0.406],
    image_std: [0.229, 0.224, 0.225],
    resample: 3,
    rescale_factor: 0.00392156862745098,
    size: { shortest_edge: 256 },
  };
  expect(DINOV2_PROCESSOR).toEqual(parseProcessorConfig(published, 'file'));
});

test('every field of a file is read', () => {
  const file = {
    do_resize: false,
    size: 100,
    resample: 2,
    do_center_crop: false,
    crop_size: 90,
    do_rescale: false,
    rescale_factor: 0.5,
    do_normalize: false,
    image_mean: 0.5,
    image_std: [1, 2, 3],
  };
  expect(parseProcessorConfig(file, 'file')).toEqual({
    doResize: false,
    size: { kind: 'shortest', shortestEdge: 100 },
    resample: 2,
    doCenterCrop: false,
    cropSize: { height: 90, width: 90 },
    doRescale: false,
    rescaleFactor: 0.5,
    doNormalize: false,
    imageMean: [0.5, 0.5, 0.5],
    imageStd: [1, 2, 3],
  });
});

test.each<[object, RegExp]>([
  [{ image_processor_type: 'ConvNextImageProcessor' }, /image_processor_type: expected one of Bit.*ConvNext/],
  [{ image_processor_type: 'DINOv3ViTImageProcessorFast' }, /got "DINOv3ViTImageProcessorFast"; give its/],
  [{ image_processor_type: 'constructor' }, /image_processor_type: expected one of/],
  [{ image_processor_type: 7 }, /image_processor_type: expected one of .*got 7/],
  [{ feature_extractor_type: 'PoolFormerFeatureExtractor' }, /got "PoolFormerFeatureExtractor"/],
  [{ do_pad: true }, /do_pad: expected false/],
  [{ image_processor_type: 'ViTImageProcessor', do_center_crop: true }, /crop_size: expected the size to/],
  [{ use_square_size: true }, /use_square_size: expected false/],
  [{ do_resize: 1 }, /do_resize: expected true or false, got 1/],
  [{ resample: 6 }, /resample: expected a number from 0 to 5, or nearest, .*, got 6/],
  [{ resample: 'trilinear' }, /resample: expected a number from 0 to 5, or nearest, .*, got "trilinear"/],
  [{ rescale_factor: 0 }, /rescale_factor: expected a positive number/],
  [{ size: { longest_edge: 9 } }, /size: expected pixels/],
  [{ crop_size: { height: 9 } }, /crop_size: expected pixels/],
  [{ size: { shortest_edge: 9, height: 9 } }, /size: expected pixels/],
  [{ size: [9, 0] }, /size: expected pixels/],
  [{ size: { min_pixels: 9, max_pixels: 90 } }, /size: expected pixels/],
  [{ crop_size: { shortest_edge: 9 } }, /crop_size: expected pixels/],
  [{ image_std: [1, 2] }, /image_std: expected three numbers/],
])('refuses %p', (json, message) => {
  expect(() => parseProcessorConfig(json, 'file')).toThrow(message);
});

const exact = (height: number, width = height) => ({ kind: 'exact', height, width }) as const;

test.each<[string, object, Partial<ProcessorConfig>]>([
  [
    'ViTImageProcessor',
    {},
    {
      size: exact(224),
      resample: 2,
      doCenterCrop: false,
      imageMean: [0.5, 0.5, 0.5],
      imageStd: [0.5, 0.5, 0.5],
    },
  ],
  ['ViTImageProcessor', { size: 31 }, { size: exact(31) }],
  ['ViTFeatureExtractor', { size: [30, 20] }, { size: exact(30, 20) }],
  [
    'ViTImageProcessorFast',
    { crop_size: [30, 20], do_center_crop: true },
    { cropSize: { height: 30, width: 20 } },
  ],
  [
    'DeiTImageProcessor',
    {},
    { size: exact(256), resample: 3, doCenterCrop: true, imageMean: [0.5, 0.5, 0.5] },
  ],
  [
    'CLIPFeatureExtractor',
    { size: 30 },
    { size: { kind: 'shortest', shortestEdge: 30 }, doCenterCrop: true },
  ],
  ['CLIPImageProcessor', { size: 30, default_to_square: true }, { size: exact(30) }],
  [
    'SiglipImageProcessor',
    { size: 30 },
    { size: { kind: 'shortest', shortestEdge: 30 }, doCenterCrop: false },
  ],
  [
    'BitImageProcessorPil',
    { resample: 'BILINEAR', image_mean: [0.3] },
    { resample: 2, imageMean: [0.3, 0.3, 0.3] },
  ],
  [
    'BlipImageProcessor',
    { size: { shortest_edge: 30, longest_edge: null } },
    { size: { kind: 'shortest', shortestEdge: 30 } },
  ],
])('%s %p, as transformers reads it', (type, settings, expected) => {
  const key = type.endsWith('Extractor') ? 'feature_extractor_type' : 'image_processor_type';
  expect(parseProcessorConfig({ [key]: type, ...settings }, 'file')).toMatchObject(expected);
});

test('what a step that is switched off would need may be anything', () => {
  const odd = {
    do_resize: false,
    size: { longest_edge: 9 },
    resample: 'x',
    do_normalize: false,
    image_mean: [],
  };
  expect(parseProcessorConfig(odd, 'file')).toMatchObject({ doResize: false, resample: 3 });
});
