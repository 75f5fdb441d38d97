/** Values over a plane, before they have colours. */
import { ImageError } from '../errors/errors.ts';

/** One value for each pixel, or for each patch of a grid. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  /** row-major [H, W]; NaN where there is none */
  readonly values: Float32Array;
}

/** @throws ImageError if there are not as many values as the size says */
export function requirePlane({ width, height, values }: Plane, where: string): void {
  if (width >= 1 && height >= 1 && values.length === width * height) return;
  throw new ImageError(
    `${where}: expected a value for each place of ${width}×${height}, got ${values.length} values`,
  );
}
