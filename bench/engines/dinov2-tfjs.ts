/** This package, on the backend of TF.js that `prepare` makes the current one. */
import { readFile } from 'node:fs/promises';
import {
  AutoImageProcessor,
  Dinov2Model,
  embed,
  type PrecisionOptions,
  readFloat32,
} from '../../lib/index.ts';
import type { Engine } from './engine.ts';

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
  let model: Dinov2Model | undefined;
  return {
    version,
    async load(folder, threads) {
      await prepare(threads);
      model = await Dinov2Model.fromPretrained(folder, options);
    },
    async run(input) {
      if (model === undefined) throw new Error('bench: load() comes first');
      using output = model.forward(input);
      return readFloat32(output.lastHiddenState);
    },
    async openEmbedder(folder, threads) {
      await prepare(threads);
      const processor = await AutoImageProcessor.fromPretrained(folder);
      const loaded = await Dinov2Model.fromPretrained(folder, options);
      model = loaded;
      return async (image) => {
        const { pixelValues } = await processor.preprocess(await readFile(image));
        const [embedding = new Float32Array()] = await embed(loaded, pixelValues);
        return embedding;
      };
    },
    async close() {
      model?.dispose();
    },
  };
}
