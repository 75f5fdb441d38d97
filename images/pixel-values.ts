/** Preprocessed images outside of TF.js. */

/** A batch of preprocessed images, as an image processor returns it. */
export interface PixelValues {
  /** row-major [B, C, H, W] */
  data: Float32Array;
  shape: readonly [number, number, number, number];
}
