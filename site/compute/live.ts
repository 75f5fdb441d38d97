/** The camera in colours: of a PCA of its first frames, which stays, so that colours are steady. */
import {
  fitPca,
  gridImage,
  type PatchFeatures,
  type PcaBasis,
  patchFeatures,
  toImageData,
} from '../../lib/index.ts';
import type { View } from '../protocol.ts';
import { libraryTime } from './library-time.ts';
import { currentModel } from './loaded-model.ts';

/** Frames that colours are fitted on; they are coloured as they come meanwhile. */
const FRAMES = 6;

let frames: PatchFeatures[] = [];
let basis: PcaBasis | undefined;

interface Request {
  readonly frame: ImageBitmap;
  readonly view: View;
  readonly refit: boolean;
  readonly smooth: boolean;
}

export async function liveFrame(
  { frame, view: { size, layer }, refit, smooth }: Request,
  { signal }: { signal: AbortSignal },
): Promise<{ over: ImageData; fitting: boolean }> {
  const { model, processor } = currentModel();
  if (refit) [frames, basis] = [[], undefined];
  try {
    const features = await libraryTime.during(async () => {
      for await (const each of patchFeatures(model, [{ name: 'camera', image: frame }], {
        processor,
        size,
        layer,
        signal,
      }))
        return each;
      throw new Error('camera: no features came of a frame');
    });
    if (basis === undefined || (frames.length > 0 && frames.length < FRAMES) || basis.dim !== features.dim) {
      if (basis?.dim !== features.dim) frames = [];
      frames.push(features);
      basis = await fitPca(frames, { components: 3, foreground: 'none' });
      if (frames.length === FRAMES) frames = [];
    }
    const colours = basis.colours(features);
    const over = gridImage(features.grid, colours, { interpolation: smooth ? 'bicubic' : 'nearest' });
    return { over: toImageData(over), fitting: frames.length > 0 };
  } finally {
    frame.close();
  }
}
