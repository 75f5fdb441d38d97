/** Programs that begin at the bytes of images. */
import { div, mul, scalar, sub, type Tensor, tensor1d, transpose } from '@tensorflow/tfjs-core';
import type { ProcessorConfig } from '../../images/processor-config.ts';
import type { Program } from '../record/record.ts';

/** The input of such a program: [B, H, W, 3], the bytes of images that have their size already. */
export const PIXELS = 'pixels';

/**
 * Puts what an image processor does after cropping before a program: rescaling, normalisation, and channels first.
 *
 * @param program takes `pixel_values` [B, 3, H, W]
 * @returns a program that takes `pixels` [B, H, W, 3] instead, bytes as float32
 */
export function fromImages(program: Program, config: ProcessorConfig): Program {
  return ({ [PIXELS]: pixels, ...others }) =>
    program({ ...others, pixel_values: transpose(normalised(pixels as Tensor, config), [0, 3, 1, 2]) });
}

/** The formula of `images/normalize.ts`. */
function normalised(pixels: Tensor, config: ProcessorConfig): Tensor {
  const rescaled = config.doRescale ? mul(pixels, scalar(config.rescaleFactor)) : pixels;
  if (!config.doNormalize) return rescaled;
  return div(sub(rescaled, tensor1d([...config.imageMean])), tensor1d([...config.imageStd]));
}
