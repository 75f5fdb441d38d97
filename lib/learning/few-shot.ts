/** A few training images of each class, the same as Meta's evaluation takes. */
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { TorchGenerator } from '../../random/torch-generator.ts';

/**
 * Draws images of each class at random; of a class that has fewer, all.
 *
 * Source: facebookresearch/dinov2, `dinov2/eval/knn.py`, `filter_train`: one generator for all classes, in the order of
 * their labels.
 *
 * @param labels [n]
 * @param perClass how many of each
 * @param seed the number of the try, in Meta's evaluation
 * @returns indices into `labels`, class by class
 * @throws OptionError if `perClass` is no positive integer
 */
export function fewShot(labels: Int32Array, perClass: number, seed: number): Int32Array {
  if (!(Number.isSafeInteger(perClass) && perClass >= 1)) {
    throw new OptionError(`fewShot: expected a positive number of images a class, got ${shown(perClass)}`);
  }
  const generator = new TorchGenerator(seed);
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  const chosen = classes.flatMap((label) => {
    const members = [...labels.keys()].filter((i) => labels[i] === label);
    return [...generator.randperm(members.length).subarray(0, perClass)].map((i) => members[i]!);
  });
  return Int32Array.from(chosen);
}
