/** The camera in colours: of a PCA of its first frames, which stays, so that colours are steady. */
import { type PatchFeatures, toImageData } from '../../lib/index.ts';
import type { Calls } from '../protocol.ts';
import { PcaColouring } from './colourings/pca.ts';
import type { Context } from './context.ts';
import { computed } from './features.ts';

/** Frames that colours are fitted on; they are coloured as they come meanwhile. */
const FRAMES = 6;

let frames: PatchFeatures[] = [];
let colouring: PcaColouring | undefined;

export async function liveFrame(
  { frame, view, refit, smooth }: Calls['frame']['request'],
  { signal }: Context<'frame'>,
): Promise<Calls['frame']['result']> {
  if (refit) [frames, colouring] = [[], undefined];
  const features = await computed({ name: 'camera', image: frame }, view, signal);
  const isOfOthers = colouring?.basis.dim !== features.dim;
  if (colouring === undefined || isOfOthers || (frames.length > 0 && frames.length < FRAMES)) {
    if (isOfOthers) frames = [];
    frames.push(features);
    colouring = await PcaColouring.fit(frames, 'none');
    if (frames.length === FRAMES) frames = [];
  }
  return { over: toImageData(colouring.draw(features, smooth)), fitting: frames.length > 0 };
}
