/** Random crops and flips of an image, for training. */
import { OptionError } from '../../errors/errors.ts';
import { nonNegative, type OptionsOf, type Row, readOptions } from '../../options/rows.ts';
import type { TorchGenerator } from '../../random/torch-generator.ts';
import { type ProcessedImage, processImage } from '../process-image.ts';
import type { ProcessorBackend } from '../processor-backend.ts';
import type { ProcessorConfig } from '../processor-config.ts';
import { type RawImage, requireSize } from '../raw-image.ts';
import { resizeImage } from '../resize.ts';
import type { ImageSize } from '../target-size.ts';
import { cropImage, flipImage } from './crop-and-flip.ts';
import { randomResizedCrop } from './random-resized-crop.ts';

type Range = readonly [number, number];

/** How images are changed for training. */
export const AUGMENT_OPTIONS = {
  /** least and largest part of an image's area that a crop has; default `[0.08, 1]` */
  cropScale: range({
    default: [0.08, 1],
    flag: '--crop-scale <least,largest>',
    help: "the part of an image's area that a random crop has",
  }),
  /** least and largest width of a crop divided by its height; default `[3 / 4, 4 / 3]` */
  cropRatio: range({
    default: [3 / 4, 4 / 3],
    flag: '--crop-ratio <least,largest>',
    help: 'the width of a random crop divided by its height',
  }),
  /** how probable it is that left and right are exchanged; default 0.5 */
  flip: nonNegative({
    default: 0.5,
    flag: '--flip <p>',
    help: 'how probable it is that an image is mirrored',
    accepts: (p) => typeof p === 'number' && p >= 0 && p <= 1,
    refusal: ' must be a number from 0 to 1',
  }),
};

/** How images are changed for training. */
export interface AugmentOptions extends OptionsOf<typeof AUGMENT_OPTIONS> {}

/**
 * A random crop of an image, resized to what the model takes, and mirrored or not: torchvision's `RandomResizedCrop` and
 * `RandomHorizontalFlip`, to the pixel, from the same seed.
 *
 * The size is the processor's `cropSize`, or where it doesn't crop its `size`; the filter is the processor's. With the backend
 * `torchvision` the pixels are those that torchvision has for tensors of bytes, else those that it has for Pillow's images.
 *
 * @param image borrowed
 * @param generator from which two numbers of a crop's shape and two of its place, or more tries of them, are drawn, then one for the flip
 * @returns a new image
 * @throws OptionError on an option that can't be used; ImageError on a size that no image has
 */
export function augmentPixels(
  image: RawImage,
  generator: TorchGenerator,
  config: ProcessorConfig,
  backend: ProcessorBackend,
  options: AugmentOptions = {},
): RawImage {
  const { cropScale, cropRatio, flip } = readOptions('augment', options, AUGMENT_OPTIONS);
  const { height, width } = augmentedSize(config);
  requireSize(width, height, 'augment');
  const crop = cropImage(image, randomResizedCrop(image, generator, cropScale, cropRatio));
  const resized = resizeImage(crop, width, height, config.resample, backend);
  return generator.rand() < flip ? flipImage(resized) : resized;
}

/**
 * `augmentPixels`, rescaled and normalised as the processor does it.
 *
 * @returns [3, H, W], all of one size
 * @throws as `augmentPixels` does; ConfigError on a mean or deviation that can't be used
 */
export function augment(
  image: RawImage,
  generator: TorchGenerator,
  config: ProcessorConfig,
  backend: ProcessorBackend,
  options: AugmentOptions = {},
): ProcessedImage {
  const pixels = augmentPixels(image, generator, config, backend, options);
  return processImage(pixels, { ...config, doResize: false, doCenterCrop: false }, backend);
}

/** The size of images for training. */
function augmentedSize({ doCenterCrop, cropSize, size }: ProcessorConfig): ImageSize {
  if (doCenterCrop) return cropSize;
  if (size.kind === 'exact') return size;
  if (size.kind === 'within') return { height: size.maxHeight, width: size.maxWidth };
  return { height: size.shortestEdge, width: size.shortestEdge };
}

/** Two positive numbers, the smaller one first; on a command line with a comma between. */
function range(declared: { default: Range; flag: string; help: string }): Row<Range, Range> {
  const refusal = ' must be two positive numbers, the smaller one first';
  const accepts = (given: unknown): given is Range =>
    Array.isArray(given) && given.length === 2 && given[0] > 0 && given[0] <= given[1] && given[1] < Infinity;
  return {
    ...declared,
    refusal,
    accepts,
    parse(written) {
      const read = written.split(',').map(Number);
      if (!accepts(read)) throw new OptionError('expected two positive numbers with a comma between');
      return read;
    },
  };
}
