/** Pixels of an RGB image without a pattern that repeats: another frequency, another image. */
export function waveImage(
  width: number,
  height: number,
  frequency = 0.7,
): { data: Uint8Array; width: number; height: number; channels: number } {
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => 128 + 127 * Math.sin(i * frequency));
  return { data, width, height, channels: 3 };
}
