import { DINOV2_PROCESSOR, parseProcessorConfig } from './processor-config.ts';

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
  [{ image_processor_type: 'ViTImageProcessor' }, /image_processor_type: expected BitImageProcessor/],
  [{ do_pad: true }, /do_pad: expected false/],
  [{ do_resize: 1 }, /do_resize: expected true or false, got 1/],
  [{ resample: 6 }, /resample: expected a number from 0 to 5, got 6/],
  [{ rescale_factor: 0 }, /rescale_factor: expected a positive number/],
  [{ size: { longest_edge: 9 } }, /size: expected pixels/],
  [{ crop_size: { height: 9 } }, /crop_size: expected pixels/],
  [{ image_std: [1, 2] }, /image_std: expected three numbers/],
])('refuses %p', (json, message) => {
  expect(() => parseProcessorConfig(json, 'file')).toThrow(message);
});
