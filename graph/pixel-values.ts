/** Pixel values, as a tensor or outside of TF.js. */
import { Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { isFloat32Array } from '../bytes/plain-array.ts';
import { ShapeError } from '../errors/errors.ts';
import type { PixelValues } from '../images/pixel-values.ts';
import { elementCount } from '../shapes/element-count.ts';
import { describePixelValues, rankRemedy } from './describe-pixel-values.ts';

/**
 * Refuses what is no batch of preprocessed images.
 *
 * @throws ShapeError on another rank or dtype, and if the tensor is gone
 */
export function requirePixelValues(where: string, pixelValues: Tensor4D | PixelValues): void {
  const input: unknown = pixelValues;
  const hasShape = typeof input === 'object' && input !== null && 'shape' in input;
  if (!hasShape || !(isOutside(pixelValues) || pixelValues instanceof Tensor)) {
    throw new ShapeError(
      `${where}: pixelValues must be a tensor or {data: Float32Array, shape}, got ${describePixelValues(input)}`,
    );
  }
  if (isOutside(pixelValues)) {
    const { data, shape } = pixelValues;
    const isShape = shape.every((length) => Number.isSafeInteger(length) && length >= 0);
    if (shape.length !== 4 || !isShape || elementCount(shape) !== data.length) {
      throw new ShapeError(
        `${where}: pixelValues must be [batch, channels, height, width], got ${data.length} values for [${shape.join(', ')}]${rankRemedy(shape)}`,
      );
    }
    return;
  }
  if (pixelValues.isDisposed) {
    throw new ShapeError(
      `${where}: pixelValues must be a tensor that is still there, got one that is disposed`,
    );
  }
  const given: Tensor4D = pixelValues;
  if (given.rank !== 4) {
    throw new ShapeError(
      `${where}: pixelValues must be [batch, channels, height, width], got [${given.shape.join(', ')}]${rankRemedy(given.shape)}`,
    );
  }
  if (given.dtype !== 'float32') {
    throw new ShapeError(
      `${where}: pixelValues must be float32, got ${given.dtype}; rescale and normalise with an image processor`,
    );
  }
}

/** Whether values are outside of TF.js; a tensor has its values behind a method of this name. */
export function isOutside(pixelValues: Tensor | PixelValues): pixelValues is PixelValues {
  return 'data' in pixelValues && isFloat32Array(pixelValues.data);
}
