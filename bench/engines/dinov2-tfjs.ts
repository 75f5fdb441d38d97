/** This package, on the backend of TF.js that `prepare` makes the current one. */
import { Dinov2Model, type PrecisionOptions } from '../../lib/index.ts';
import type { Engine } from './engine.ts';
import { ownEngine } from './own-engine.ts';

/**
 * @param version for the record
 * @param prepare registers the backend
 * @param options how the model is loaded
 */
export function dinov2Tfjs(
  version: string,
  prepare: (threads: number) => Promise<void>,
  options: PrecisionOptions = {},
): Engine {
  return ownEngine(version, async (folder, threads) => {
    await prepare(threads);
    return Dinov2Model.fromPretrained(folder, options);
  });
}
