/** Images in tensors of TF.js, such as `tf.browser.fromPixels` and `tf.node.decodeImage` give. */
import { ImageError, ShapeError } from '../../errors/errors.ts';
import { isObject } from '../../options/json-object.ts';
import { dimensions } from '../../shapes/dimensions.ts';
import type { RawImage } from '../raw-image.ts';
import { imageOfPixels } from './pixel-image.ts';

/** A tensor [H, W, C] int32 of values from 0 to 255; C is 1 for grey, 3 for RGB, 4 for RGBA. */
export interface ImageTensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly isDisposed: boolean;
  data(): Promise<ArrayLike<number> | readonly string[]>;
}

/** Whether a value is a tensor, of whichever copy of TF.js. */
export function isTensor(value: unknown): value is ImageTensor {
  return (
    isObject(value) && Array.isArray(value.shape) && 'dtype' in value && typeof value.data === 'function'
  );
}

/**
 * The image of a tensor.
 *
 * @param tensor borrowed
 * @throws ShapeError on another rank or dtype, and if the tensor is gone; ImageError on values that are no bytes
 */
export async function imageOfTensor(tensor: ImageTensor, where: string): Promise<RawImage> {
  const { shape, dtype, isDisposed } = tensor;
  if (isDisposed)
    throw new ShapeError(`${where}: expected a tensor that is still there, got one that is disposed`);
  if (shape.length !== 3) {
    const remedy = shape.length === 4 ? '; pass tf.unstack(it)' : '';
    throw new ShapeError(
      `${where}: expected a tensor [height, width, channels], got [${shape.join(', ')}]${remedy}`,
    );
  }
  if (dtype !== 'int32') {
    throw new ShapeError(
      `${where}: expected a tensor of int32 from 0 to 255, got ${dtype}; pass {data: await tensor.data(), width, height, channels, range: [0, 1]} or another range`,
    );
  }
  const [height, width, channels] = dimensions(shape, 3, where);
  const values = await tensor.data();
  const data = Uint8Array.from({ length: values.length }, (_, i) => {
    const value = Number(values[i]);
    if (value >= 0 && value <= 255) return value;
    throw new ImageError(`${where}: expected values from 0 to 255, got ${value} at ${i}`);
  });
  return imageOfPixels({ width, height, data, channels }, where);
}
