/** This package, compiled for the onnxruntime-node that it finds by itself, as in a user's program. */
import { readFile } from 'node:fs/promises';
import {
  AutoImageProcessor,
  type CompiledModel,
  type Dinov2Model,
  embed,
  readFloat32,
} from '../../lib/index.ts';
import type { Engine } from './engine.ts';
import { sameVersion } from './same-version.ts';

/** A model compiled for images of any size. */
export type OpenCompiled = (folder: string, threads: number) => Promise<CompiledModel<Dinov2Model>>;

/**
 * @param what tells it from others of its kind, for the record
 * @param open the model, which is disposed of with all it stands on
 */
export function compiledEngine(what: string, open: OpenCompiled): Engine {
  let compiled: CompiledModel<Dinov2Model> | undefined;
  return {
    version: `dinov2-tfjs compiled for onnxruntime-node ${sameVersion()}${what}`,
    async load(folder, threads) {
      compiled = await open(folder, threads);
    },
    async run(input) {
      if (compiled === undefined) throw new Error('bench: load() comes first');
      using output = await compiled.forward(input);
      return readFloat32(output.lastHiddenState);
    },
    async openEmbedder(folder, threads) {
      const processor = await AutoImageProcessor.fromPretrained(folder);
      const loaded = await open(folder, threads);
      compiled = loaded;
      return async (image) => {
        const { pixelValues } = await processor.preprocess(await readFile(image));
        const [embedding = new Float32Array()] = await embed(loaded, pixelValues);
        return embedding;
      };
    },
    async close() {
      await compiled?.dispose();
    },
  };
}
