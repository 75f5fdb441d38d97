/** Where layers get their weights from: a checkpoint, or a random initialisation. */
import type { Rank, ShapeMap, Tensor, Tensor2D } from '@tensorflow/tfjs-core';

/**
 * Reads the weights under one prefix.
 *
 * Names are those of the original code (`blocks.0.attn.qkv.weight`); which names a file uses is the business of
 * the key scheme behind the reader. A shape that does not fit is noted and reported with all others at the end.
 * The reader owns every tensor it returns until the model takes them over; layers only borrow.
 */
export interface WeightReader {
  /** The reader for `prefix.` + name. */
  scope(prefix: string): WeightReader;
  /** Reads a float32 tensor of the given shape. */
  read<R extends Rank>(name: string, shape: ShapeMap[R]): Promise<Tensor<R>>;
  /**
   * Reads the weight [N, K] of a linear layer, stored as `linearWeight` stores it.
   *
   * @param shape [N, K], or [N, …] where K is the product of the rest, as for a convolution of patches
   */
  readLinear(name: string, shape: readonly [number, ...number[]]): Promise<Tensor2D>;
}
