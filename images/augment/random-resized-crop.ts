/** Where a random crop lies, drawn as torchvision draws it. */
import type { TorchGenerator } from '../../random/torch-generator.ts';
import { type ImageSize, roundHalfEven } from '../target-size.ts';

/** A rectangle of pixels in an image. */
export interface CropBox extends ImageSize {
  readonly top: number;
  readonly left: number;
}

/** How often a crop is drawn before the middle is taken. */
const TRIES = 10;
const f32 = Math.fround;

/**
 * A crop of a random part of the area and a random ratio of its sides; where ten of them don't fit, the largest in the middle
 * whose ratio is allowed.
 *
 * Source: torchvision 0.29, `RandomResizedCrop.get_params`, whose logarithm and exponential are in float32.
 *
 * @param scale least and largest part of the area
 * @param ratio least and largest width divided by height
 */
export function randomResizedCrop(
  { height, width }: ImageSize,
  generator: TorchGenerator,
  scale: readonly [number, number],
  ratio: readonly [number, number],
): CropBox {
  const logRatio = ratio.map((side) => Math.log(f32(side))) as [number, number];
  for (let i = 0; i < TRIES; i++) {
    const area = height * width * generator.uniform(...scale);
    const aspect = f32(Math.exp(generator.uniform(...logRatio)));
    const w = roundHalfEven(Math.sqrt(area * aspect));
    const h = roundHalfEven(Math.sqrt(area / aspect));
    if (0 < w && w <= width && 0 < h && h <= height) {
      const top = generator.randint(height - h + 1);
      return { top, left: generator.randint(width - w + 1), height: h, width: w };
    }
  }
  return middle({ height, width }, ratio);
}

function middle({ height, width }: ImageSize, [narrowest, widest]: readonly [number, number]): CropBox {
  const ratio = width / height;
  const h = ratio < narrowest ? roundHalfEven(width / narrowest) : height;
  const w = ratio > widest ? roundHalfEven(height * widest) : width;
  return { top: Math.floor((height - h) / 2), left: Math.floor((width - w) / 2), height: h, width: w };
}
