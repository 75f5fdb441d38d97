/** This package, its model on TF.js or compiled. */
import { readFile } from 'node:fs/promises';
import { AutoImageProcessor, type Dinov2Model, embed, type Runnable, readFloat32 } from '../../lib/index.ts';
import type { Engine } from './engine.ts';

/** Gets everything ready, and loads a model. */
export type OpenModel = (folder: string, threads: number) => Promise<Runnable<Dinov2Model>>;

/** @param version for the record */
export function ownEngine(version: string, open: OpenModel): Engine {
  let model: Runnable<Dinov2Model> | undefined;
  return {
    version,
    async load(folder, threads) {
      model = await open(folder, threads);
    },
    async run(input) {
      if (model === undefined) throw new Error('bench: load() comes first');
      using output = await model.forward(input);
      return readFloat32(output.lastHiddenState);
    },
    async openEmbedder(folder, threads) {
      const loaded = await open(folder, threads);
      model = loaded;
      const processor = await AutoImageProcessor.fromPretrained(folder);
      return async (image) => {
        const { pixelValues } = await processor.preprocess(await readFile(image));
        const [embedding = new Float32Array()] = await embed(loaded, pixelValues);
        return embedding;
      };
    },
    async close() {
      await model?.dispose();
    },
  };
}
