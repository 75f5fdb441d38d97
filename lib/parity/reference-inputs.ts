/** A reference's inputs as tensors. */
import { cast, type Tensor, type Tensor2D, type Tensor4D, tensor, tensor4d } from '@tensorflow/tfjs-core';
import { FormatError } from '../../errors/errors.ts';
import type { Reference } from './reference.ts';

/** Pixel values of a batch. */
export interface ReferencePixels {
  data: Float32Array;
  shape: readonly number[];
}

/** The images, and what else a forward pass takes. */
export type ReferenceInputs = {
  pixelValues: Tensor4D;
  options: { boolMaskedPos?: Tensor2D; attentionMask?: Tensor; labels?: Tensor };
};

/**
 * @param pixels those of the reference, or of its images
 * @returns tensors, to be made in a `tidy` and disposed of by the caller
 * @throws FormatError if the pixel values are not [B, C, H, W]
 */
export function inputTensors(reference: Reference, pixels: ReferencePixels): ReferenceInputs {
  const attentionMask = inputTensor(reference, 'attention_mask');
  const masked = inputTensor(reference, 'bool_masked_pos');
  const labels = inputTensor(reference, 'labels');
  return {
    pixelValues: tensor4d(pixels.data, toFour(reference, pixels.shape)),
    options: {
      ...(attentionMask && { attentionMask }),
      ...(masked && { boolMaskedPos: cast(masked, 'bool') as Tensor2D }),
      ...(labels && { labels }),
    },
  };
}

/**
 * @returns a new tensor, int32 of labels that are integers and float32 of everything else; undefined if the reference has no
 *   such input
 */
export function inputTensor({ inputs }: Reference, name: string): Tensor | undefined {
  const found = inputs.get(name);
  if (found === undefined) return undefined;
  const integers = name === 'labels' && !found.dtype.startsWith('F') && found.dtype !== 'BF16';
  return tensor(Float32Array.from(found.values), [...found.shape], integers ? 'int32' : 'float32');
}

function toFour({ where }: Reference, shape: readonly number[]): [number, number, number, number] {
  const [B, C, H, W] = shape;
  if (shape.length !== 4 || B === undefined || C === undefined || H === undefined || W === undefined) {
    throw new FormatError(`${where}: pixel_values: expected [B, C, H, W], got [${shape.join(', ')}]`);
  }
  return [B, C, H, W];
}
