/** The size in which a model sees an image, as settings of its image processor. */
import { choice, type OptionsOf, positiveInteger, type ReadOptions } from '../../options/rows.ts';
import type { ProcessorConfig } from '../processor-config.ts';
import { type ImageSize, targetSize } from '../target-size.ts';

/** What is done about the rest of a patch along the longer side. */
export const FITS = ['stretch', 'pad', 'crop', 'processor'] as const;

/** How large images are seen. */
export const VIEW_OPTIONS = {
  /** pixels of the shorter side, rounded to whole patches; default the size that the model was trained in */
  size: positiveInteger({
    flag: '--size <pixels>',
    help: 'pixels of the shorter side, rounded to patches (default: what the model was trained in)',
  }),
  /**
   * the image keeps its aspect ratio, and where its longer side is no whole number of patches it is stretched to one, or padded
   * or cropped to one around its middle; `processor` takes the processor's own settings as they are; default `stretch`
   */
  fit: choice(FITS, {
    default: 'stretch',
    flag: '--fit <how>',
    help: 'how the longer side comes to whole patches; processor: as the model’s settings say, cropped or not',
  }),
  /**
   * the most patches that go through the model at once: attention takes time with the square of their number. Images of more are
   * refused; default 40,000, a little more than an image of 16 to 9 at size 2048 has
   */
  maxPatches: positiveInteger({
    default: 40_000,
    flag: '--max-patches <n>',
    help: 'refuse images of more patches, which take very long',
  }),
};

/** How large images are seen. */
export interface ViewOptions extends OptionsOf<typeof VIEW_OPTIONS> {}

/**
 * The settings with which a processor makes a view of an image: its own, but for size and crop.
 *
 * @param config the processor's settings
 * @param image height and width of the decoded, upright image
 * @param patchSize [height, width]
 * @param trainedSize pixels of the shorter side where no size is given
 */
export function viewConfig(
  config: ProcessorConfig,
  image: ImageSize,
  { size, fit }: Pick<ReadOptions<typeof VIEW_OPTIONS>, 'size' | 'fit'>,
  patchSize: readonly [number, number],
  trainedSize: number,
): ProcessorConfig {
  if (fit === 'processor') return config;
  const [patchHeight, patchWidth] = patchSize;
  const isTall = image.width <= image.height;
  const shortestEdge = toPatches(size ?? trainedSize, isTall ? patchWidth : patchHeight, Math.round);
  const resize = { ...config, doResize: true };
  if (fit === 'stretch') {
    const scale = shortestEdge / Math.min(image.height, image.width);
    const height = isTall ? toPatches(image.height * scale, patchHeight, Math.round) : shortestEdge;
    const width = isTall ? shortestEdge : toPatches(image.width * scale, patchWidth, Math.round);
    return { ...resize, size: { kind: 'exact', height, width }, doCenterCrop: false };
  }
  const rule = { kind: 'shortest', shortestEdge } as const;
  const resized = targetSize(image, rule);
  const round = fit === 'pad' ? Math.ceil : Math.floor;
  const cropSize = {
    height: toPatches(resized.height, patchHeight, round),
    width: toPatches(resized.width, patchWidth, round),
  };
  return { ...resize, size: rule, doCenterCrop: true, cropSize };
}

/** A length in whole patches, at least one. */
function toPatches(length: number, patch: number, round: (value: number) => number): number {
  return Math.max(1, round(length / patch)) * patch;
}
