/** The image processors of transformers that do what `BitImageProcessor` does, with other defaults. */
import { ConfigError } from '../errors/errors.ts';
import { shown } from '../errors/shown.ts';
import { defaultsOf } from '../options/field-table.ts';
import { IMAGENET, PROCESSOR_FIELDS, type ProcessorConfig } from './processor-config.ts';

/** What a class of transformers does where its file says nothing. */
export interface ProcessorDefaults extends ProcessorConfig {
  /** whether one number as `size` means both sides, rather than the shortest */
  defaultToSquare: boolean;
}

const HALF = { imageMean: [0.5, 0.5, 0.5], imageStd: [0.5, 0.5, 0.5] } as const;

const BILINEAR = 2;

/** The shortest side to 224, the middle of it, CLIP's mean and deviation. */
const BIT: ProcessorDefaults = { defaultToSquare: false, ...defaultsOf(PROCESSOR_FIELDS) };

/** Both sides to a length, and nothing cut off. */
function squashed(side: number): ProcessorDefaults {
  return {
    ...BIT,
    ...HALF,
    defaultToSquare: true,
    size: { kind: 'exact', height: side, width: side },
    doCenterCrop: false,
  };
}

/** Source: transformers 5.23.0, `image_processing_*.py` of each model; none of these does another step to an image. */
const CLASSES: Readonly<Record<string, ProcessorDefaults>> = {
  BitImageProcessor: BIT,
  CLIPImageProcessor: BIT,
  ChineseCLIPImageProcessor: BIT,
  ViTImageProcessor: { ...squashed(224), resample: BILINEAR },
  DeiTImageProcessor: { ...squashed(256), doCenterCrop: true },
  BeitImageProcessor: squashed(224),
  SiglipImageProcessor: { ...squashed(224), defaultToSquare: false },
  BlipImageProcessor: { ...squashed(384), imageMean: BIT.imageMean, imageStd: BIT.imageStd },
  PvtImageProcessor: { ...squashed(224), ...IMAGENET },
  MobileNetV1ImageProcessor: {
    ...BIT,
    ...HALF,
    resample: BILINEAR,
    size: { kind: 'shortest', shortestEdge: 256 },
  },
};

/**
 * The defaults of the class a file names; of `BitImageProcessor`, as transformers takes it for DINOv2, where it names none.
 *
 * The endings `Fast` and `Pil` name transformers' backends, which the caller chooses here; `FeatureExtractor` is what
 * transformers 4 called an image processor.
 *
 * @throws ConfigError if the class does something else
 */
export function processorDefaults(type: unknown, where: string): ProcessorDefaults {
  if (type === undefined || type === null) return BIT;
  const name = typeof type === 'string' ? type.replace('FeatureExtractor', 'ImageProcessor') : '';
  const plain = name.replace(/(Fast|Pil)$/, '');
  const found = Object.hasOwn(CLASSES, plain) ? CLASSES[plain] : undefined;
  if (found !== undefined) return found;
  throw new ConfigError(
    `${where}: image_processor_type: expected one of ${Object.keys(CLASSES).join(', ')}, got ${shown(type)}; give its settings as new BitImageProcessor(settings) if it resizes, crops, rescales and normalises in this order`,
  );
}
