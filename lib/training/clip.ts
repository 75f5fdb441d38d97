/** The length of all gradients together, and cutting it. */
import { mul, square, stack, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';

/**
 * The Euclidean length of all gradients as one vector.
 *
 * @param gradients float32, any shapes; borrowed
 */
export async function globalNorm(gradients: ReadonlyMap<string, Tensor>): Promise<number> {
  if (gradients.size === 0) return 0;
  const squares = tidy(() => stack([...gradients.values()].map((gradient) => sum(square(gradient)))));
  const values = await squares.data<'float32'>();
  squares.dispose();
  return Math.sqrt(values.reduce((total, value) => total + value, 0));
}

/**
 * Multiplies every gradient by min(1, maxNorm/(norm + 1e-6)).
 *
 * Source: PyTorch 2.15, `clip_grad_norm_`.
 *
 * @param gradients changed: those that were in it are disposed where others take their places
 * @param norm as `globalNorm` gives it
 */
export function clipByNorm(gradients: Map<string, Tensor>, norm: number, maxNorm: number): void {
  const factor = maxNorm / (norm + 1e-6);
  if (factor >= 1) return;
  for (const [name, gradient] of gradients) {
    gradients.set(name, mul(gradient, factor));
    gradient.dispose();
  }
}
