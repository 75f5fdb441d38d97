/** The settings of an image processor, as `preprocessor_config.json` holds them. */
import { wrongSetting } from '../errors/wrong-setting.ts';
import { IMAGENET, processorDefaults } from './processor-classes.ts';
import { cropSize, sizeRule } from './processor-sizes.ts';
import { resampleNumber } from './resample-names.ts';
import type { ImageSize, SizeRule } from './target-size.ts';

/** Everything that happens to an image, in the order in which it happens. */
export interface ProcessorConfig {
  doResize: boolean;
  size: SizeRule;
  /** the filter as `PIL.Image.Resampling` numbers it; 3 is bicubic */
  resample: number;
  doCenterCrop: boolean;
  cropSize: ImageSize;
  doRescale: boolean;
  rescaleFactor: number;
  doNormalize: boolean;
  /** one for each channel */
  imageMean: readonly number[];
  imageStd: readonly number[];
}

/** The settings every published DINOv2 model was evaluated with. */
export const DINOV2_PROCESSOR: ProcessorConfig = {
  doResize: true,
  size: { kind: 'shortest', shortestEdge: 256 },
  resample: 3,
  doCenterCrop: true,
  cropSize: { height: 224, width: 224 },
  doRescale: true,
  rescaleFactor: 0.00392156862745098,
  doNormalize: true,
  ...IMAGENET,
};

type Json = Readonly<Record<string, unknown>>;

/**
 * Three numbers, one for each channel, of one or three.
 *
 * @param where the key, for the error message
 * @throws ConfigError if it is neither
 */
export function channelValues(value: unknown, where: string): readonly number[] {
  const values = typeof value === 'number' ? [value] : value;
  if (
    Array.isArray(values) &&
    (values.length === 1 || values.length === 3) &&
    values.every((each) => Number.isFinite(each))
  )
    return values.length === 1 ? [values[0], values[0], values[0]] : values;
  return wrongSetting(where, 'three numbers, or one for all channels', value);
}

/**
 * Reads a `preprocessor_config.json`; what is absent is as in the class that the file names. Keys that transformers passes
 * over are passed over. What only a step that is switched off would need may be anything.
 *
 * @param json the parsed file
 * @param where its name, for error messages
 * @throws ConfigError if it is of a class that does something else, or a value can't be used
 */
export function parseProcessorConfig(json: unknown, where: string): ProcessorConfig {
  if (!isObject(json)) return wrongSetting(where, 'a JSON object', json);
  const { defaultToSquare, ...defaults } = processorDefaults(
    json.image_processor_type ?? json.feature_extractor_type,
    where,
  );
  for (const key of ['do_pad', 'use_square_size']) {
    if (json[key] === true) return wrongSetting(`${where}: ${key}`, 'false, as no DINOv2 model has it', true);
  }
  const flag = (key: string, fallback: boolean): boolean => {
    const value = json[key] ?? fallback;
    return typeof value === 'boolean' ? value : wrongSetting(`${where}: ${key}`, 'true or false', value);
  };
  /** What `of` makes of a key. Where its step does not happen, a value that can't be used is as good as absent. */
  const read = <T>(isUsed: boolean, key: string, fallback: T, of: (value: unknown, at: string) => T): T => {
    if (json[key] == null) return fallback;
    try {
      return of(json[key], `${where}: ${key}`);
    } catch (error) {
      if (isUsed) throw error;
      return fallback;
    }
  };
  const isSquare = flag('default_to_square', defaultToSquare);
  const doResize = flag('do_resize', defaults.doResize);
  const doCenterCrop = flag('do_center_crop', defaults.doCenterCrop);
  if (doCenterCrop && !defaults.doCenterCrop && json.crop_size == null)
    return wrongSetting(
      `${where}: crop_size`,
      'the size to crop to, for which its class has no default',
      json.crop_size,
    );
  const doRescale = flag('do_rescale', defaults.doRescale);
  const doNormalize = flag('do_normalize', defaults.doNormalize);
  return {
    doResize,
    size: read(doResize, 'size', defaults.size, (value, at) => sizeRule(value, isSquare, at)),
    resample: read(doResize, 'resample', defaults.resample, resampleNumber),
    doCenterCrop,
    cropSize: read(doCenterCrop, 'crop_size', defaults.cropSize, cropSize),
    doRescale,
    rescaleFactor: read(doRescale, 'rescale_factor', defaults.rescaleFactor, (value, at) =>
      typeof value === 'number' && value > 0 ? value : wrongSetting(at, 'a positive number', value),
    ),
    doNormalize,
    imageMean: read(doNormalize, 'image_mean', defaults.imageMean, channelValues),
    imageStd: read(doNormalize, 'image_std', defaults.imageStd, channelValues),
  };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
