/** Going through the features of many images several times. */
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { type ImageMatrix, withoutPadding } from './padding.ts';
import { type PatchMatrix, requirePatches } from './patch-matrix.ts';

/** Features of images, as `fitPca` takes them. */
export type PatchMatrices = PatchMatrix | Iterable<PatchMatrix> | AsyncIterable<PatchMatrix>;

/** Features that can be gone through again and again, the same each time. */
export interface MatrixPasses {
  /** whether all of them are in memory, now and later */
  readonly isInMemory: boolean;
  /** each of the width of the first, without patches of padding */
  matrices(): Iterable<ImageMatrix> | AsyncIterable<ImageMatrix>;
}

/**
 * Makes what was given such that it can be gone through several times.
 *
 * What begins anew each time that it is iterated asynchronously is taken as it is, and one image of it at a time is in memory; all
 * else, such as the generator that `patchFeatures` returns, is read once and kept.
 *
 * @throws OptionError if it is nothing of the kind
 */
export async function passesOver(where: string, given: PatchMatrices): Promise<MatrixPasses> {
  if (isAsync(given) && !isItsOwnIterator(given)) {
    return { isInMemory: false, matrices: () => checked(where, given) };
  }
  const list = isMatrix(given) ? [given] : given;
  if (!(isAsync(list) || Symbol.iterator in Object(list))) {
    throw new OptionError(
      `${where}: expected features of images, { features, dim } or a list of them, got ${shown(given)}`,
    );
  }
  const kept: ImageMatrix[] = [];
  for await (const each of checked(where, list)) kept.push(each);
  return { isInMemory: true, matrices: () => kept };
}

async function* checked(
  where: string,
  matrices: Iterable<PatchMatrix> | AsyncIterable<PatchMatrix>,
): AsyncGenerator<ImageMatrix, void, undefined> {
  let dim: number | undefined;
  for await (const each of matrices) {
    requirePatches(where, each, dim);
    dim = each.dim;
    yield withoutPadding(each);
  }
}

function isMatrix(given: PatchMatrices): given is PatchMatrix {
  return typeof given === 'object' && given !== null && 'features' in given;
}

function isAsync(given: PatchMatrices): given is AsyncIterable<PatchMatrix> {
  return typeof given === 'object' && given !== null && Symbol.asyncIterator in given;
}

/** A generator is its own iterator, and at its end after it has been gone through once. */
function isItsOwnIterator(given: AsyncIterable<PatchMatrix>): boolean {
  const iterator = given[Symbol.asyncIterator]();
  return Object.is(iterator, given);
}
