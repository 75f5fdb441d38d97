/** Cutting an image into patches. */
import { pad, reshape, slice, type Tensor3D, type Tensor4D, tidy, transpose } from '@tensorflow/tfjs-core';
import { fixedShape } from '../shapes/batch-dimension.ts';
import { type FusedOp, fusedOp } from './fused-op.ts';
import { inputOf, numbersOf } from './operation.ts';

/** Non-overlapping patches of x [B, C, H, W], each a row in the order channel, row, column; patchSize [Ph, Pw] in pixels. */
export const FUSED_EXTRACT_PATCHES: FusedOp<{ x: Tensor4D }, { patchSize: readonly [number, number] }> = {
  name: 'Dinov2FusedExtractPatches',
  attributes: ['patchSize'],
  compose({ x }, { patchSize: [Ph, Pw] }) {
    const [B, C, H, W] = x.shape;
    const [h, w] = [Math.floor(H / Ph), Math.floor(W / Pw)];
    return tidy(() => {
      const whole = slice(x, [0, 0, 0, 0], [B, C, h * Ph, w * Pw]);
      // [B, C, h·Ph, w·Pw] → [B, h, w, C, Ph, Pw]
      const cut = transpose(reshape(whole, [B, C, h, Ph, w, Pw]), [0, 2, 4, 1, 3, 5]);
      return reshape(cut, [B, h * w, C * Ph * Pw]);
    });
  },
  backward({ dy, inputs: { x }, attrs: { patchSize } }) {
    const [Ph, Pw] = patchSize;
    const [B, C, H, W] = x.shape;
    const [h, w] = [Math.floor(H / Ph), Math.floor(W / Pw)];
    // [B, h, w, C, Ph, Pw] → [B, C, h·Ph, w·Pw]; what was left over has no part in it
    const cut = transpose(reshape(dy, [B, h, w, C, Ph, Pw]), [0, 3, 1, 4, 2, 5]);
    const rest: [number, number][] = [
      [0, 0],
      [0, 0],
      [0, H - h * Ph],
      [0, W - w * Pw],
    ];
    return { x: pad(reshape(cut, [B, C, h * Ph, w * Pw]), rest) as Tensor4D };
  },
  infer({ x }, { patchSize: [Ph, Pw] }) {
    const [B, C, H, W] = x as Tensor4D['shape'];
    return [B, Math.floor(H / Ph) * Math.floor(W / Pw), C * Ph * Pw];
  },
  lower(operation, onnx, input) {
    const [B, ...rest] = inputOf(operation, 'x').shape;
    const [C, H, W] = fixedShape(rest) as [number, number, number];
    const [Ph, Pw] = numbersOf(operation, 'patchSize') as [number, number];
    const [h, w] = [Math.floor(H / Ph), Math.floor(W / Pw)];
    const box = [
      [0, 0],
      [h * Ph, w * Pw],
      [2, 3],
    ].map((each) => onnx.integers(each));
    const cut = onnx.reshape(onnx.node('Slice', [input('x'), ...box]), [B!, C, h, Ph, w, Pw]);
    return onnx.reshape(onnx.transpose(cut, [0, 2, 4, 1, 3, 5]), operation.shape);
  },
};

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
  return fusedOp(FUSED_EXTRACT_PATCHES, { x }, { patchSize });
}
