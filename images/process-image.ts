/** The whole way from a decoded picture to the values a model takes. */
import { centerCrop } from './center-crop.ts';
import { normalizeImage } from './normalize.ts';
import type { ProcessorConfig } from './processor-config.ts';
import type { RawImage } from './raw-image.ts';
import { type ProcessorBackend, resizeImage } from './resize.ts';
import { targetSize } from './target-size.ts';

/** One preprocessed picture. */
export interface ProcessedImage {
  /** [3, H, W] row-major */
  data: Float32Array;
  height: number;
  width: number;
}

/** Resize and crop, still in grey levels. */
export function resizeAndCrop(image: RawImage, config: ProcessorConfig, backend: ProcessorBackend): RawImage {
  const target = config.doResize ? targetSize(image, config.size) : image;
  const resized = resizeImage(image, target.width, target.height, config.resample, backend);
  return config.doCenterCrop ? centerCrop(resized, config.cropSize, backend) : resized;
}

/** Resize, crop, rescale and normalise. */
export function processImage(
  image: RawImage,
  config: ProcessorConfig,
  backend: ProcessorBackend,
): ProcessedImage {
  const pixels = resizeAndCrop(image, config, backend);
  const { doRescale, rescaleFactor, doNormalize, imageMean: mean, imageStd: std } = config;
  const data = normalizeImage(pixels, { doRescale, rescaleFactor, doNormalize, mean, std }, backend);
  return { data, height: pixels.height, width: pixels.width };
}
