/** Taps on what a block computes on its way. */
import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';

/**
 * Where a block's internals are kept: each list that is there gets one tensor a block, in the order in which they run.
 *
 * The tensors are as a layer's output is: owned by the caller, and freed if the pass fails or an enclosing `tidy` ends.
 * Only `attention` changes how a block computes: the fused kernel never has the weights as a whole, so the composition
 * of TF.js ops runs in its place, with other roundings.
 */
// a type and no interface: `tidy` takes it as a container, and leaves the tensors in it alone
export type Taps = {
  /** [B, T, D] each: what goes into the attention */
  norm1?: Tensor3D[] | undefined;
  /** [B, A, T, K] each: the queries, before they are scaled */
  q?: Tensor4D[] | undefined;
  /** [B, A, T, K] each: the keys */
  k?: Tensor4D[] | undefined;
  /** [B, A, T, K] each: the values */
  v?: Tensor4D[] | undefined;
  /** [B, A, T, T] each: the weights after the softmax, whose rows sum to 1 */
  attention?: Tensor4D[] | undefined;
  /** [B, T, D] each: what goes into the feed-forward network */
  norm2?: Tensor3D[] | undefined;
};

/** Whether anything is kept. */
export function isTapped(taps: Taps | undefined): boolean {
  return taps !== undefined && Object.values(taps).some((list) => list !== undefined);
}
