/** The image pipeline: from a decoded image to the values a model takes. */
import { centerCrop } from './center-crop.ts';
import { normalizeImage } from './normalize.ts';
import type { ProcessorBackend } from './processor-backend.ts';
import type { ProcessorConfig } from './processor-config.ts';
import { type RawImage, requireSize } from './raw-image.ts';
import { resizeImage } from './resize.ts';
import { targetSize } from './target-size.ts';

/** One preprocessed image. */
export interface ProcessedImage {
  /** [3, H, W] row-major */
  data: Float32Array;
  height: number;
  width: number;
}

/**
 * Resize and crop, still in grey levels.
 *
 * @throws ImageError if a very long and thin image, or an absurd setting, asks for more pixels than an image has
 */
export function resizeAndCrop(
  image: RawImage,
  config: ProcessorConfig,
  backend: ProcessorBackend,
  where = 'image',
): RawImage {
  const target = config.doResize ? targetSize(image, config.size) : image;
  requireSize(target.width, target.height, `${where}: resized`);
  if (config.doCenterCrop) requireSize(config.cropSize.width, config.cropSize.height, `${where}: cropped`);
  const resized = resizeImage(image, target.width, target.height, config.resample, backend);
  return config.doCenterCrop ? centerCrop(resized, config.cropSize, backend) : resized;
}

/**
 * Resize, crop, rescale and normalise.
 *
 * @throws ImageError as `resizeAndCrop` does
 */
export function processImage(
  image: RawImage,
  config: ProcessorConfig,
  backend: ProcessorBackend,
  where?: string,
): ProcessedImage {
  return rescaleAndNormalize(resizeAndCrop(image, config, backend, where), config, backend);
}

/** The last two steps, of an image as `resizeAndCrop` leaves it. */
export function rescaleAndNormalize(
  pixels: RawImage,
  config: ProcessorConfig,
  backend: ProcessorBackend,
): ProcessedImage {
  const { doRescale, rescaleFactor, doNormalize, imageMean: mean, imageStd: std } = config;
  const data = normalizeImage(pixels, { doRescale, rescaleFactor, doNormalize, mean, std }, backend);
  return { data, height: pixels.height, width: pixels.width };
}
