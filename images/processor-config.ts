/** The settings of an image processor, as `preprocessor_config.json` holds them. */
import { wrongSetting } from '../errors/wrong-setting.ts';
import { booleanField, positiveField } from '../options/field-readers.ts';
import { defaultsOf, field, fieldsToJson, type ValuesOf } from '../options/field-table.ts';
import type { JsonObject } from '../options/json-object.ts';
import { cropSize, sizeRule, sizeToJson } from './processor-sizes.ts';
import { resampleNumber } from './resample-names.ts';

const CLIP_MEAN = [0.48145466, 0.4578275, 0.40821073];
const CLIP_STD = [0.26862954, 0.26130258, 0.27577711];

/** Mean and deviation of ImageNet, which the published DINOv2 models have. */
export const IMAGENET = { imageMean: [0.485, 0.456, 0.406], imageStd: [0.229, 0.224, 0.225] } as const;

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

const writeList = (values: readonly number[]): number[] => [...values];

/** Everything that happens to an image, in the order in which it happens, with the defaults of `BitImageProcessor`. */
export const PROCESSOR_FIELDS = {
  doResize: field(booleanField, true),
  size: field(sizeRule, { kind: 'shortest', shortestEdge: 224 }, { usedIf: 'doResize', write: sizeToJson }),
  /** the filter as `PIL.Image.Resampling` numbers it; 3 is bicubic */
  resample: field(resampleNumber, 3, { usedIf: 'doResize' }),
  doCenterCrop: field(booleanField, true),
  cropSize: field(
    cropSize,
    { height: 224, width: 224 },
    { usedIf: 'doCenterCrop', write: ({ height, width }) => ({ height, width }) },
  ),
  doRescale: field(booleanField, true),
  rescaleFactor: field(positiveField, 1 / 255, { usedIf: 'doRescale' }),
  doNormalize: field(booleanField, true),
  /** one for each channel */
  imageMean: field(channelValues, CLIP_MEAN, { usedIf: 'doNormalize', write: writeList }),
  /** one for each channel */
  imageStd: field(channelValues, CLIP_STD, { usedIf: 'doNormalize', write: writeList }),
};

/** The settings of an image processor: everything that happens to an image. */
export interface ProcessorConfig extends ValuesOf<typeof PROCESSOR_FIELDS> {}

/** The settings every published DINOv2 model was evaluated with. */
export const DINOV2_PROCESSOR: ProcessorConfig = {
  ...defaultsOf(PROCESSOR_FIELDS),
  size: { kind: 'shortest', shortestEdge: 256 },
  ...IMAGENET,
};

/**
 * The settings as transformers' `BitImageProcessor` writes them.
 *
 * Source: transformers 5.23.0, `image_processing_utils.py`, `BaseImageProcessor.to_dict`.
 */
export function processorToJson(config: ProcessorConfig): JsonObject {
  return fieldsToJson(PROCESSOR_FIELDS, config, {
    do_convert_rgb: true,
    image_processor_type: 'BitImageProcessor',
  });
}
