/** Where layers get their weights from: a checkpoint, or a random initialisation. */
import type { Rank, ShapeMap, Tensor, Tensor2D } from '@tensorflow/tfjs-core';

/** How a weight starts when a model is built without a checkpoint. */
export type Initialisation =
  /** zeros, ones, or any other constant */
  | { kind: 'constant'; value: number }
  /** a normal distribution around 0, cut at ±2, as `torch.nn.init.trunc_normal_` does */
  | { kind: 'truncated-normal'; standardDeviation: number };

/** How biases and optional tokens start. */
export const ZEROS: Initialisation = { kind: 'constant', value: 0 };
/** How the factors of layer norms start. */
export const ONES: Initialisation = { kind: 'constant', value: 1 };

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
  read<R extends Rank>(name: string, shape: ShapeMap[R], initial: Initialisation): Promise<Tensor<R>>;
  /**
   * Reads the weight [N, K] of a linear layer, stored as `linearWeight` stores it.
   *
   * @param shape [N, K], or [N, …] where K is the product of the rest, as for a convolution of patches
   */
  readLinear(name: string, shape: readonly number[], initial: Initialisation): Promise<Tensor2D>;
}
