/** The settings of an image processor, as `preprocessor_config.json` holds them. */
import { ConfigError } from '../errors/errors.ts';
import { shown } from '../errors/shown.ts';
import type { PictureSize, SizeRule } from './target-size.ts';

/** Everything that happens to a picture, in the order in which it happens. */
export interface ProcessorConfig {
  doResize: boolean;
  size: SizeRule;
  /** the filter as `PIL.Image.Resampling` numbers it; 3 is bicubic */
  resample: number;
  doCenterCrop: boolean;
  cropSize: PictureSize;
  doRescale: boolean;
  rescaleFactor: number;
  doNormalize: boolean;
  /** one for each channel */
  imageMean: readonly number[];
  imageStd: readonly number[];
}

/** The defaults of `BitImageProcessor`; the files of DINOv2 models override size, mean and deviation. */
const DEFAULTS: ProcessorConfig = {
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

/** The settings every published DINOv2 model was evaluated with. */
export const DINOV2_PROCESSOR: ProcessorConfig = {
  ...DEFAULTS,
  size: { kind: 'shortest', shortestEdge: 256 },
  rescaleFactor: 0.00392156862745098,
  imageMean: [0.485, 0.456, 0.406],
  imageStd: [0.229, 0.224, 0.225],
};

const TYPES = ['BitImageProcessor', 'BitImageProcessorFast', 'BitImageProcessorPil'];

type Json = Readonly<Record<string, unknown>>;

function fail(where: string, expected: string, value: unknown): never {
  throw new ConfigError(`${where}: expected ${expected}, got ${shown(value)}`);
}

function isLength(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sizeRule(value: unknown, where: string): SizeRule {
  if (isLength(value)) return { kind: 'shortest', shortestEdge: value };
  if (isObject(value)) {
    const { shortest_edge, longest_edge, height, width, max_height, max_width } = value;
    if (isLength(shortest_edge) && isLength(longest_edge)) {
      return { kind: 'shortest-longest', shortestEdge: shortest_edge, longestEdge: longest_edge };
    }
    if (isLength(shortest_edge) && longest_edge == null)
      return { kind: 'shortest', shortestEdge: shortest_edge };
    if (isLength(max_height) && isLength(max_width))
      return { kind: 'within', maxHeight: max_height, maxWidth: max_width };
    if (isLength(height) && isLength(width)) return { kind: 'exact', height, width };
  }
  return fail(
    where,
    'pixels as a number, shortest_edge, height and width, or max_height and max_width',
    value,
  );
}

function cropSize(value: unknown, where: string): PictureSize {
  if (isLength(value)) return { height: value, width: value };
  if (isObject(value) && isLength(value.height) && isLength(value.width)) {
    return { height: value.height, width: value.width };
  }
  return fail(where, 'pixels as a number or height and width', value);
}

function channelValues(value: unknown, where: string): readonly number[] {
  const values = typeof value === 'number' ? [value, value, value] : value;
  if (Array.isArray(values) && values.length === 3 && values.every((each) => Number.isFinite(each)))
    return values;
  return fail(where, 'three numbers', value);
}

/**
 * Reads a `preprocessor_config.json`; keys that are absent have the defaults of `BitImageProcessor`.
 *
 * @param json the parsed file
 * @param where its name, for error messages
 * @throws ConfigError if it is of another processor, or a value can't be used
 */
export function parseProcessorConfig(json: unknown, where: string): ProcessorConfig {
  if (!isObject(json)) return fail(where, 'a JSON object', json);
  const type = json.image_processor_type ?? json.feature_extractor_type ?? 'BitImageProcessor';
  if (typeof type !== 'string' || !TYPES.includes(type)) {
    return fail(`${where}: image_processor_type`, TYPES.join(', '), type);
  }
  if (json.do_pad === true) return fail(`${where}: do_pad`, 'false, as in every DINOv2 model', true);
  const flag = (key: string, fallback: boolean): boolean => {
    const value = json[key] ?? fallback;
    return typeof value === 'boolean' ? value : fail(`${where}: ${key}`, 'true or false', value);
  };
  const resample = json.resample ?? DEFAULTS.resample;
  if (typeof resample !== 'number' || ![0, 1, 2, 3, 4, 5].includes(resample)) {
    return fail(`${where}: resample`, 'a number from 0 to 5', resample);
  }
  const rescaleFactor = json.rescale_factor ?? DEFAULTS.rescaleFactor;
  if (typeof rescaleFactor !== 'number' || !(rescaleFactor > 0)) {
    return fail(`${where}: rescale_factor`, 'a positive number', rescaleFactor);
  }
  return {
    doResize: flag('do_resize', DEFAULTS.doResize),
    size: json.size == null ? DEFAULTS.size : sizeRule(json.size, `${where}: size`),
    resample,
    doCenterCrop: flag('do_center_crop', DEFAULTS.doCenterCrop),
    cropSize: json.crop_size == null ? DEFAULTS.cropSize : cropSize(json.crop_size, `${where}: crop_size`),
    doRescale: flag('do_rescale', DEFAULTS.doRescale),
    rescaleFactor,
    doNormalize: flag('do_normalize', DEFAULTS.doNormalize),
    imageMean:
      json.image_mean == null ? DEFAULTS.imageMean : channelValues(json.image_mean, `${where}: image_mean`),
    imageStd:
      json.image_std == null ? DEFAULTS.imageStd : channelValues(json.image_std, `${where}: image_std`),
  };
}
