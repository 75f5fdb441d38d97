/** Cutting an image into patches. */
import { reshape, slice, type Tensor3D, type Tensor4D, tidy, transpose } from '@tensorflow/tfjs-core';
import { fusedOp } from './fused-op.ts';
import { FUSED_EXTRACT_PATCHES, type FusedExtractPatchesAttrs } from './kernel-names.ts';

/**
 * The non-overlapping patches of a batch of images, each a row in the order channel, row, column.
 *
 * A convolution whose stride is its kernel size is a linear map of these rows. Pixels left over at the right and
 * at the bottom are dropped, as such a convolution drops them.
 *
 * @param x [B, C, H, W] float32
 * @param patchSize [Ph, Pw] in pixels
 * @returns [B, ⌊H/Ph⌋·⌊W/Pw⌋, C·Ph·Pw], owned by the caller
 */
export function extractPatches(x: Tensor4D, patchSize: readonly [number, number]): Tensor3D {
  const attrs = { patchSize: [...patchSize] } satisfies FusedExtractPatchesAttrs;
  return fusedOp(FUSED_EXTRACT_PATCHES, { x }, attrs, () => extractPatchesComposition(x, patchSize));
}

function extractPatchesComposition(
  x: Tensor4D,
  [patchHeight, patchWidth]: readonly [number, number],
): Tensor3D {
  const [B, C, H, W] = x.shape;
  const rows = Math.floor(H / patchHeight);
  const columns = Math.floor(W / patchWidth);
  return tidy(() => {
    const whole = slice(x, [0, 0, 0, 0], [B, C, rows * patchHeight, columns * patchWidth]);
    // [B, C, h·Ph, w·Pw] → [B, h, w, C, Ph, Pw]
    const cut = transpose(reshape(whole, [B, C, rows, patchHeight, columns, patchWidth]), [0, 2, 4, 1, 3, 5]);
    return reshape(cut, [B, rows * columns, C * patchHeight * patchWidth]);
  });
}
