/** An image for those who give none. */
import type { PixelImage } from '../../../images/inputs/pixel-image.ts';

/** Pixels of a side, from which DINOv2's processor cuts 224. */
const SIDE = 256;

/**
 * A disc and stripes before a slope of colours, with grain: what edges, areas and textures have of an image, and nothing that
 * means anything. The same at every call.
 */
export function syntheticImage(): PixelImage {
  const data = new Uint8Array(SIDE * SIDE * 3);
  let grain = 1;
  for (let y = 0, at = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const inDisc = Math.hypot(x - 90, y - 100) < 60;
      const inStripe = x > 150 && (x + 2 * y) % 48 < 20;
      const colours = inDisc ? [220, 60, 40] : inStripe ? [240, 240, 210] : [x / 2, y / 1.5, 160 - x / 4];
      for (const colour of colours) {
        // the generator of Numerical Recipes
        grain = (Math.imul(grain, 1664525) + 1013904223) >>> 0;
        data[at++] = Math.max(0, Math.min(255, Math.round(colour + (grain / 2 ** 32 - 0.5) * 24)));
      }
    }
  }
  return { width: SIDE, height: SIDE, channels: 3, data };
}
