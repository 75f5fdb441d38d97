/** Rescaling and normalisation of pixels to the values a model was trained on. */
import { ConfigError } from '../errors/errors.ts';
import type { ProcessorBackend } from './processor-backend.ts';
import type { RawImage } from './raw-image.ts';

/** Settings of rescaling and normalisation. */
export interface NormalizeOptions {
  doRescale: boolean;
  rescaleFactor: number;
  doNormalize: boolean;
  /** one for each channel, on the scale of rescaled values */
  mean: readonly number[];
  std: readonly number[];
}

const f32 = Math.fround;
const LEVELS = 256;

/**
 * Rescaled and normalised values, channels first.
 *
 * torchvision's backend folds the rescaling into mean and deviation; Pillow's rescales in float64 first. They differ
 * in the last place. timm divides by 255 in float32, which for every level gives what Pillow's backend gives.
 * Source: transformers 5.23.0, `image_processing_backends.py`, `rescale_and_normalize`.
 *
 * @returns [3, H, W] row-major, owned by the caller
 * @throws ConfigError if values would be infinite or NaN, as with a deviation of 0
 */
export function normalizeImage(
  image: RawImage,
  options: NormalizeOptions,
  backend: ProcessorBackend,
): Float32Array {
  const { data } = image;
  const pixels = image.width * image.height;
  const values = new Float32Array(3 * pixels);
  for (let channel = 0; channel < 3; channel++) {
    const levels = levelTable(options.mean[channel]!, options.std[channel]!, options, backend);
    const plane = channel * pixels;
    for (let i = 0, from = channel; i < pixels; i++, from += 3) {
      values[plane + i] = levels[data[from]!]!;
    }
  }
  return values;
}

/** The result for each of the 256 grey levels of a channel. */
function levelTable(
  mean: number,
  std: number,
  options: NormalizeOptions,
  backend: ProcessorBackend,
): Float32Array {
  const { doRescale, rescaleFactor, doNormalize } = options;
  const fused = backend === 'torchvision' && doRescale && doNormalize;
  const inverse = f32(1 / rescaleFactor);
  const shift = fused ? f32(f32(mean) * inverse) : f32(mean);
  const scale = fused ? f32(f32(std) * inverse) : f32(std);
  const table = Float32Array.from({ length: LEVELS }, (_, level) => {
    const factor = backend === 'torchvision' ? f32(rescaleFactor) : rescaleFactor;
    const rescaled = doRescale && !fused ? f32(level * factor) : level;
    return doNormalize ? f32(f32(rescaled - shift) / scale) : rescaled;
  });
  if (table.every(Number.isFinite)) return table;
  throw new ConfigError(
    `image processor: expected a mean, a deviation and a rescale factor that give numbers, got ${mean}, ${std} and ${rescaleFactor}`,
  );
}
