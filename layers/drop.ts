/** Dropping values at random while a model is trained: dropout, and stochastic depth. */
import { mul, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import type { UniformSource } from './uniform-source.ts';

/** What is dropped in one place. */
export interface Drop {
  /** the probability of being dropped, in [0, 1) */
  rate: number;
  /** undefined: nothing is dropped, as outside of training */
  random: UniformSource | undefined;
  /** what the random numbers are for */
  name: string;
}

/**
 * Sets values to 0 with a probability, and divides the others by the probability of being kept. PyTorch: `nn.Dropout`.
 *
 * @param x any shape, float32; borrowed
 * @returns the shape of x, owned by the caller
 */
export function dropout<T extends Tensor>(x: T, drop: Drop): T {
  return scaleBy(x, x.shape, drop);
}

/**
 * Stochastic depth: the same, but of each image everything is dropped or nothing. HF: `Dinov2DropPath`.
 *
 * Source: Huang et al., Deep Networks with Stochastic Depth, arXiv:1603.09382.
 *
 * @param x [B, ...] float32, a branch beside the residual stream; borrowed
 * @returns the shape of x, owned by the caller
 */
export function dropPath<T extends Tensor>(x: T, drop: Drop): T {
  return scaleBy(x, [x.shape[0] ?? 1, ...x.shape.slice(1).map(() => 1)], drop);
}

/** Whether a drop does anything. */
export function isDropping({ rate, random }: Drop): boolean {
  return random !== undefined && rate > 0;
}

/** x times random factors of a shape that broadcasts to its own, 0 or 1 / keep. */
function scaleBy<T extends Tensor>(x: T, shape: number[], { rate, random, name }: Drop): T {
  if (random === undefined || rate === 0) return x.clone();
  const size = shape.reduce((product, length) => product * length, 1);
  const keep = Math.fround(1 - rate);
  // as transformers rounds: ⌊u + keep⌋ in float32
  const factors = random.uniform(name, size).map((u) => Math.floor(Math.fround(u + keep)) / keep);
  return tidy(() => mul(x, tensor(factors, shape)));
}
