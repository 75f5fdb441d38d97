/** This package, on the backend of TF.js that `prepare` makes the current one. */
import { readFile } from 'node:fs/promises';
import { AutoImageProcessor, Dinov2Model, embed, readFloat32 } from '../../lib/index.ts';
import type { Engine } from './engine.ts';

/**
 * @param version for the record
 * @param prepare registers the backend
 */
export function dinov2Tfjs(version: string, prepare: (threads: number) => Promise<void>): Engine {
  let model: Dinov2Model | undefined;
  return {
    version,
    async load(folder, threads) {
      await prepare(threads);
      model = await Dinov2Model.fromPretrained(folder);
    },
    async run(input) {
      if (model === undefined) throw new Error('bench: load() comes first');
      using output = model.forward(input);
      return readFloat32(output.lastHiddenState);
    },
    async embed(folder, picture, threads) {
      await prepare(threads);
      const processor = await AutoImageProcessor.fromPretrained(folder);
      using loaded = await Dinov2Model.fromPretrained(folder);
      const { pixelValues } = await processor.preprocess(await readFile(picture));
      const [embedding] = await embed(loaded, pixelValues);
      return embedding ?? [];
    },
    async close() {
      model?.dispose();
    },
  };
}
