/** Counting floating-point operations. */

import type { Dinov2Config } from '../lib/families/dinov2/dinov2-config.ts';
import { bothAxes } from '../lib/model/model-config.ts';
import type { KernelShape } from './engines/engine.ts';

/** A product [M, K] × [K, N]: a multiplication and an addition count as two. */
function product(M: number, K: number, N: number): number {
  return 2 * M * K * N;
}

/** Operations of a kernel: its products, as that is where the time should go. */
export function kernelOperations(shape: KernelShape): number {
  if (shape.kind === 'linear') return product(shape.M, shape.K, shape.N);
  const { A, T, K } = shape;
  return A * (product(T, K, T) + product(T, T, K));
}

/**
 * Operations of one forward pass, counting the products and nothing else: what has to be computed, whoever does it.
 *
 * @param batch B
 * @param image height and width in pixels
 */
export function forwardOperations(config: Dinov2Config, batch: number, image: number): number {
  const { hiddenSize: D, ffnHiddenSize: F, numHiddenLayers: L, numAttentionHeads: A, numChannels } = config;
  const [height, width] = bothAxes(config.patchSize);
  const N = Math.floor(image / height) * Math.floor(image / width);
  const T = 1 + config.numRegisterTokens + N;
  const mlp = config.useSwigluFfn
    ? product(T, D, 2 * F) + product(T, F, D)
    : product(T, D, F) + product(T, F, D);
  const attention = kernelOperations({ kind: 'attention', A, T, K: D / A });
  const block = product(T, D, 3 * D) + attention + product(T, D, D) + mlp;
  return batch * (product(N, numChannels * height * width, D) + L * block);
}
