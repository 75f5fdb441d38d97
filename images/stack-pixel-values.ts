/** Batches of preprocessed images as one. */
import { OptionError } from '../errors/errors.ts';
import type { PixelValues } from './pixel-values.ts';

/**
 * Joins batches whose images are of one size.
 *
 * @param batches [B, C, H, W] each
 * @returns all images in one batch
 * @throws OptionError if there is none, or sizes differ
 */
export function stackPixelValues(batches: readonly PixelValues[]): PixelValues {
  const [first, ...others] = batches;
  if (first === undefined) throw new OptionError('stackPixelValues: expected at least one batch, got none');
  const [, C, H, W] = first.shape;
  for (const { shape } of others) {
    if (shape[1] === C && shape[2] === H && shape[3] === W) continue;
    throw new OptionError(
      `stackPixelValues: expected images of one size, got [${first.shape.join(', ')}] and [${shape.join(', ')}]`,
    );
  }
  const B = batches.reduce((sum, { shape }) => sum + shape[0], 0);
  const data = new Float32Array(B * C * H * W);
  let offset = 0;
  for (const batch of batches) {
    data.set(batch.data, offset);
    offset += batch.data.length;
  }
  return { data, shape: [B, C, H, W] };
}
