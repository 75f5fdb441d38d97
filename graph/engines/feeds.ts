/** The inputs of a compiled forward pass, outside of TF.js. */
import { Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { plainArray } from '../../bytes/plain-array.ts';
import { ShapeError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import type { PixelValues } from '../../images/pixel-values.ts';
import { elementCount } from '../../shapes/element-count.ts';
import { isOutside, requirePixelValues } from '../pixel-values.ts';
import { arrayOfTensor, type EngineArray } from './engine.ts';

/** The options of a forward pass that are inputs of its graph. */
export interface Masks {
  readonly boolMaskedPos?: Tensor;
  readonly attentionMask?: Tensor;
}

/** The inputs of a pass by name. */
export type Feeds = ReadonlyMap<string, EngineArray>;

/**
 * Refuses pixel values of no image, as engines need not know what to do with nothing.
 *
 * @throws ShapeError
 */
export function requireSomeImages(where: string, pixelValues: Tensor4D | PixelValues): void {
  requirePixelValues(where, pixelValues);
  const { shape } = pixelValues;
  if (elementCount(shape) === 0) {
    throw new ShapeError(`${where}: expected at least one image with pixels, got [${shape.join(', ')}]`);
  }
}

/** Their names, dtypes and shapes, without the size of the batch, which graphs leave free. */
export function shapesOf(feeds: Feeds): (number | string)[][] {
  const B = feeds.get('pixel_values')?.shape[0];
  return [...feeds].map(([name, { shape, dtype }]) => {
    return [name, dtype, ...(shape[0] === B ? ['batch', ...shape.slice(1)] : shape)];
  });
}

/**
 * The inputs of a pass.
 *
 * @param pixelValues [B, C, H, W]; borrowed, as are the masks
 * @throws OptionError if a tensor is gone; ShapeError if a mask is no tensor
 */
export async function feedsOf(
  pixelValues: Tensor4D | PixelValues,
  { boolMaskedPos, attentionMask }: Masks,
): Promise<Map<string, EngineArray>> {
  const feeds = new Map([['pixel_values', await arrayOf(pixelValues)]]);
  if (boolMaskedPos) feeds.set('bool_masked_pos', await maskArray('boolMaskedPos', boolMaskedPos));
  if (attentionMask) feeds.set('attention_mask', await maskArray('attentionMask', attentionMask));
  return feeds;
}

async function maskArray(name: string, mask: Tensor): Promise<EngineArray> {
  if (mask instanceof Tensor) return arrayOfTensor(mask);
  throw new ShapeError(`forward: expected ${name} to be a tensor, got ${shown(mask)}`);
}

async function arrayOf(value: Tensor | PixelValues): Promise<EngineArray> {
  if (!isOutside(value)) return arrayOfTensor(value);
  return { data: plainArray(Float32Array, value.data), shape: value.shape, dtype: 'float32' };
}
