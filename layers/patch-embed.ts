/** From pixels to tokens. */
import { type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors/errors.ts';
import { extractPatches } from '../ops/extract-patches.ts';
import { Linear } from './linear.ts';
import type { WeightReader } from './weight-reader.ts';

/** The sizes of a patch embedding. */
export interface PatchEmbedOptions {
  /** D */
  dim: number;
  /** C */
  numChannels: number;
  /** [Ph, Pw] in pixels */
  patchSize: readonly [number, number];
}

/**
 * One linear map of every patch: a convolution whose stride is its kernel size.
 *
 * Meta: `PatchEmbed` · HF: `Dinov2PatchEmbeddings`. The convolution weight [D, C, Ph, Pw] is read as the matrix
 * [D, C·Ph·Pw] that it is.
 */
export class PatchEmbed {
  readonly proj: Linear;
  readonly numChannels: number;
  readonly patchSize: readonly [number, number];

  /** @param proj C·Ph·Pw → D */
  constructor(
    proj: Linear,
    { numChannels, patchSize }: Pick<PatchEmbedOptions, 'numChannels' | 'patchSize'>,
  ) {
    this.proj = proj;
    this.numChannels = numChannels;
    this.patchSize = patchSize;
  }

  /** Reads `proj`. */
  static async load(weights: WeightReader, options: PatchEmbedOptions): Promise<PatchEmbed> {
    const { dim, numChannels, patchSize } = options;
    return new PatchEmbed(
      await Linear.load(weights.scope('proj'), [numChannels, ...patchSize], dim),
      options,
    );
  }

  /**
   * @param pixelValues [B, C, H, W]; pixels beyond the last whole patch are not seen
   * @returns [B, N, D] with N = ⌊H/Ph⌋·⌊W/Pw⌋, row by row; owned by the caller
   * @throws ShapeError if C is wrong or the image is smaller than a patch
   */
  forward(pixelValues: Tensor4D): Tensor3D {
    const [, channels, height, width] = pixelValues.shape;
    const [patchHeight, patchWidth] = this.patchSize;
    if (channels !== this.numChannels) {
      const hint =
        pixelValues.shape[3] === this.numChannels
          ? '; this looks like NHWC, transpose it to NCHW'
          : '; an image processor makes three channels of every image';
      throw new ShapeError(
        `PatchEmbed: expected ${this.numChannels} channels, got ${channels} in [${pixelValues.shape.join(', ')}]${hint}`,
      );
    }
    if (height < patchHeight || width < patchWidth) {
      throw new ShapeError(
        `PatchEmbed: expected at least one patch of ${patchHeight}×${patchWidth} pixels, got ${height}×${width}`,
      );
    }
    return tidy(() => this.proj.forward(extractPatches(pixelValues, this.patchSize)));
  }
}
