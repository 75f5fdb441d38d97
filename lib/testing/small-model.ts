/** A model of two narrow blocks with registers, for tests of what no size changes. */

import type { PixelValues } from '../../images/pixel-values.ts';
import { elementCount } from '../../shapes/element-count.ts';
import { Dinov2Config } from '../families/dinov2/dinov2-config.ts';
import { Dinov2Model } from '../families/dinov2/dinov2-model.ts';

/** Its configuration: images of 16 pixels in patches of 4, three registers. */
export const SMALL = new Dinov2Config({
  hiddenSize: 16,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  imageSize: 16,
  patchSize: 4,
  numRegisterTokens: 3,
});

/** Runs a test with it, and frees it afterwards. */
export async function withSmallModel(run: (model: Dinov2Model) => void | Promise<void>): Promise<void> {
  using model = await Dinov2Model.fromConfig(SMALL, { seed: 1 });
  await run(model);
}

/** Pixel values without a pattern that repeats. */
export function waves(shape: PixelValues['shape']): PixelValues {
  const data = Float32Array.from(
    { length: elementCount(shape) },
    (_, i) => Math.sin(i * 0.7) + Math.cos(i * i),
  );
  return { data, shape };
}
