/** The camera in colours: of a PCA of its first frames, which stays, so that colours are steady. */
import { fitPca, gridImage, type PatchFeatures, type PcaBasis, toImageData } from '../../lib/index.ts';
import type { View } from '../protocol.ts';
import { computed } from './features.ts';

/** Frames that colours are fitted on; they are coloured as they come meanwhile. */
const FRAMES = 6;

let frames: PatchFeatures[] = [];
let basis: PcaBasis | undefined;

interface Request {
  readonly frame: ImageData;
  readonly view: View;
  readonly refit: boolean;
  readonly smooth: boolean;
}

export async function liveFrame(
  { frame, view, refit, smooth }: Request,
  { signal }: { signal: AbortSignal },
): Promise<{ over: ImageData; fitting: boolean }> {
  if (refit) [frames, basis] = [[], undefined];
  const features = await computed({ name: 'camera', image: frame }, view, signal);
  if (basis === undefined || (frames.length > 0 && frames.length < FRAMES) || basis.dim !== features.dim) {
    if (basis?.dim !== features.dim) frames = [];
    frames.push(features);
    basis = await fitPca(frames, { foreground: 'none' });
    if (frames.length === FRAMES) frames = [];
  }
  const colours = basis.colours(features);
  const over = gridImage(features.grid, colours, { interpolation: smooth ? 'bicubic' : 'nearest' });
  return { over: toImageData(over), fitting: frames.length > 0 };
}
