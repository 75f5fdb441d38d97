/** The settings of an image processor from the configuration of a timm model. */
import { wrongSetting } from '../errors/wrong-setting.ts';
import { positiveField } from '../options/field-readers.ts';
import type { ParsedObject } from '../options/json-object.ts';
import { channelValues, IMAGENET, type ProcessorConfig } from './processor-config.ts';
import { resampleNumber } from './resample-names.ts';

/** The share of the resized image that the crop is, where the file says nothing (`DEFAULT_CROP_PCT`). */
const CROP_PCT = 0.875;

/** The side of the square images a model takes. */
function sideOf(inputSize: unknown, where: string): number {
  const [channels, height, width] = Array.isArray(inputSize) ? inputSize : [];
  if (channels === 3 && Number.isSafeInteger(height) && height > 0 && height === width) return height;
  return wrongSetting(where, '[3, n, n], square images in colour', inputSize);
}

/**
 * What timm's transforms for evaluation do; run them with the backend `timm`.
 *
 * The image is resized to ⌊n / crop_pct⌋ and its middle, n × n, is cut out.
 *
 * Source: timm 1.0.31, `data/config.py`, `resolve_data_config`; `data/transforms_factory.py`, `transforms_imagenet_eval`.
 *
 * @param pretrainedCfg `pretrained_cfg` of the file
 * @throws ConfigError if a value can't be used, or asks for images that are not square, or padded
 */
export function timmProcessor(pretrainedCfg: ParsedObject, where: string): ProcessorConfig {
  const { input_size, crop_pct, crop_mode, interpolation, mean, std } = pretrainedCfg;
  const side = sideOf(input_size ?? [3, 224, 224], `${where}: input_size`);
  // timm takes 0, too, for a value that is not there
  const share = positiveField(crop_pct || CROP_PCT, `${where}: crop_pct`);
  const mode = crop_mode || 'center';
  if (mode !== 'center' && mode !== 'squash') {
    return wrongSetting(`${where}: crop_mode`, 'center or squash, as no DINOv2 model has another', mode);
  }
  const resized = Math.floor(side / share);
  return {
    doResize: true,
    size:
      mode === 'center'
        ? { kind: 'shortest', shortestEdge: resized }
        : { kind: 'exact', height: resized, width: resized },
    resample: resampleNumber(interpolation || 'bicubic', `${where}: interpolation`),
    doCenterCrop: true,
    cropSize: { height: side, width: side },
    doRescale: true,
    rescaleFactor: 1 / 255,
    doNormalize: true,
    imageMean: mean == null ? IMAGENET.imageMean : channelValues(mean, `${where}: mean`),
    imageStd: std == null ? IMAGENET.imageStd : channelValues(std, `${where}: std`),
  };
}
