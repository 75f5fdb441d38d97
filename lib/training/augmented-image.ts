/** One image as an epoch learns from it. */
import { type AugmentOptions, augmentPixels } from '../../images/augment/augment.ts';
import { BitImageProcessor } from '../../images/image-processor.ts';
import { readImage } from '../../images/inputs/image-input.ts';
import type { RawImage } from '../../images/raw-image.ts';
import type { TorchGenerator } from '../../random/torch-generator.ts';
import type { DatasetItem } from '../datasets/dataset.ts';

/**
 * Reads an image, crops and mirrors it at random.
 *
 * @returns pixels of the size that the processor gives
 * @throws ImageError, SourceError
 */
export async function augmentedImage(
  { name, image }: DatasetItem,
  random: TorchGenerator,
  { config, backend }: BitImageProcessor,
  options: AugmentOptions,
): Promise<RawImage> {
  return augmentPixels(await readImage(image, name, {}), random, config, backend, options);
}

/** The processor for images that have their size already. */
export function withoutResizing({ config, backend }: BitImageProcessor): BitImageProcessor {
  return new BitImageProcessor({ ...config, doResize: false, doCenterCrop: false }, backend);
}
