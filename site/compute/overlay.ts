/** Images on their way to the page: as PNG files, and as pixels of a canvas. */
import {
  decodeImage,
  encodePng,
  type Interpolation,
  overlay,
  type PatchFeatures,
  type RawImage,
} from '../../lib/index.ts';
import type { Calls, GridFacts, Overlay } from '../protocol.ts';

export async function pngBlob(image: RawImage): Promise<Blob> {
  return new Blob([new Uint8Array(await encodePng(image))], { type: 'image/png' });
}

/** How patches are enlarged, as the page's field `Smooth` says. */
export function interpolationOf(smooth: boolean): Interpolation {
  return smooth ? 'bicubic' : 'nearest';
}

/** What the model sees, and what lies over it. */
export async function overlayOf(features: PatchFeatures, over: RawImage): Promise<Overlay> {
  return { ...gridFacts(features), seen: await seenPng(features), over: await pngBlob(over) };
}

const seenPngs = new WeakMap<PatchFeatures, Promise<Blob>>();

/** What the model sees; encoded once, as long as the features are kept. */
export function seenPng(features: PatchFeatures): Promise<Blob> {
  const known = seenPngs.get(features) ?? pngBlob(features.seen);
  seenPngs.set(features, known);
  return known;
}

export function gridFacts({ grid }: Pick<PatchFeatures, 'grid'>): GridFacts {
  const { rows, columns, input } = grid;
  return { rows, columns, width: input.width, height: input.height };
}

/** As the page's slider shows the two. */
export async function laidOver({ seen, over, opacity }: Calls['laidOver']['request']): Promise<Blob> {
  const [below, above] = await Promise.all([
    decodeImage(seen, 'the image'),
    decodeImage(over, 'what lies over it'),
  ]);
  return pngBlob(overlay(below, above, opacity));
}
