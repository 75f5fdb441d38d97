/** The filters of Pillow's resampling, by the numbers `preprocessor_config.json` uses. */

/** A filter and how far it reaches. */
export interface ResampleFilter {
  readonly name: string;
  /** input pixels to either side when nothing is shrunk */
  readonly support: number;
  readonly weight: (x: number) => number;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}

function cubic(x: number): number {
  const a = -0.5;
  const distance = Math.abs(x);
  if (distance < 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  if (distance < 2) return (((distance - 5) * distance + 8) * distance - 4) * a;
  return 0;
}

function hamming(x: number): number {
  const distance = Math.abs(x);
  if (distance === 0) return 1;
  if (distance >= 1) return 0;
  const angle = distance * Math.PI;
  return (Math.sin(angle) / angle) * (0.54 + 0.46 * Math.cos(angle));
}

/**
 * `PIL.Image.Resampling`: 0 nearest, 1 Lanczos, 2 bilinear, 3 bicubic, 4 box, 5 Hamming.
 *
 * Nearest has no filter. Source: Pillow 13, `Resample.c`.
 */
export const RESAMPLE_FILTERS: Readonly<Record<number, ResampleFilter>> = {
  1: { name: 'lanczos', support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
  2: { name: 'bilinear', support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  3: { name: 'bicubic', support: 2, weight: cubic },
  4: { name: 'box', support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  5: { name: 'hamming', support: 1, weight: hamming },
};

/** The number of the filter that only repeats pixels. */
export const NEAREST = 0;
