/** This package, compiled for the onnxruntime-node that it finds by itself, as in a user's program. */
import type { Engine } from './engine.ts';
import { type OpenModel, ownEngine } from './own-engine.ts';
import { sameVersion } from './same-version.ts';

/** @param what tells it from others of its kind, for the record */
export function compiledEngine(what: string, open: OpenModel): Engine {
  return ownEngine(`dinov2-tfjs compiled for onnxruntime-node ${sameVersion()}${what}`, open);
}
