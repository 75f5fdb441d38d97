/** Random numbers that depend on a seed and a name, and not on what was drawn before. */
import type { UniformSource } from '../../layers/uniform-source.ts';
import { TorchGenerator } from '../../random/torch-generator.ts';
import { hashName } from '../loading/random-weights.ts';

/** A generator of its own for whatever a name stands for, such as `image 3 of epoch 1`: a run that is resumed has the same. */
export function generatorFor(seed: number, name: string): TorchGenerator {
  return new TorchGenerator(hashName(`${seed} ${name}`));
}

/** What is dropped at random in one batch of a step. */
export function batchRandom(seed: number, step: number, batch: number): UniformSource {
  return {
    uniform(name, size) {
      const generator = generatorFor(seed, `step ${step} batch ${batch} ${name}`);
      return Float32Array.from({ length: size }, () => generator.rand());
    },
  };
}
