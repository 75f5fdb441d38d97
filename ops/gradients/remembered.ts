/** What a part of a model keeps of its first run, so that it need not be computed again on the way back. */
import { keep, type Tensor } from '@tensorflow/tfjs-core';
import { hasRoom, takeRoom } from './tape.ts';

/** Results by what they are known by in both runs, such as the weight they were computed with. */
type Results = Map<object, Tensor>;

let filled: Results | undefined;
let read: Results | undefined;

/**
 * Runs a part for the first time.
 *
 * @returns its value, and the results that are kept, owned by the caller; if it throws, nothing is left behind
 */
export function remembering<T>(run: () => T): { value: T; results: Results } {
  const outer = filled;
  const results: Results = new Map();
  filled = results;
  try {
    return { value: run(), results };
  } catch (error) {
    for (const tensor of results.values()) tensor.dispose();
    throw error;
  } finally {
    filled = outer;
  }
}

/** Runs a part again, with results of its first run; borrowed. */
export function recalling<T>(results: Results, run: () => T): T {
  const outer = read;
  read = results;
  try {
    return run();
  } finally {
    read = outer;
  }
}

/** Whether a result of so many values will be kept, as a part runs for the first time and there is room. */
export function isRemembering(size: number): boolean {
  return filled !== undefined && hasRoom(4 * size);
}

/** Keeps a result, where a part runs for the first time and there is room. */
export function remember(key: object, result: Tensor): void {
  if (filled !== undefined && !filled.has(key) && takeRoom(4 * result.size))
    filled.set(key, keep(result.clone()));
}

/** A result of the first run, where a part runs again and it was kept; owned by the caller. */
export function recall(key: object): Tensor | undefined {
  return read?.get(key)?.clone();
}
