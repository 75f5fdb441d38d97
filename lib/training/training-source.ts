/** Where the batches of a training come from. */
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { UniformSource } from '../../layers/uniform-source.ts';
import type { BatchLoss } from './batch-loss.ts';

/** A loss with its gradients by our names; every tensor is owned by the caller. */
export interface LossAndGradients {
  readonly loss: Scalar;
  readonly gradients: Map<string, Tensor>;
}

/** Images that are computed at once. */
export interface TrainingBatch {
  /** Computes the loss of these images, and its gradients by what is trained. */
  gradients(loss: BatchLoss, random: UniformSource): Promise<LossAndGradients>;
}

/** The images of a training, in whatever form its steps take them. */
export interface TrainingSource {
  /**
   * Batches in their order; while one is computed, the next is made ready.
   *
   * @param batches places of images in the dataset
   * @param epoch on which depends what is done to images at random
   */
  batches(batches: readonly (readonly number[])[], epoch: number): AsyncIterable<TrainingBatch>;
}
