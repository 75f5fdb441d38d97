/** This package, compiled for the onnxruntime-node that it finds by itself, as in a user's program. */
import { readFile } from 'node:fs/promises';
import { AutoImageProcessor, type CompiledModel, Dinov2Model, embed, readFloat32 } from '../../lib/index.ts';
import type { Engine } from './engine.ts';
import { sameVersion } from './same-version.ts';

let model: Dinov2Model | undefined;
let compiled: CompiledModel<Dinov2Model> | undefined;

async function open(folder: string, threads: number): Promise<CompiledModel<Dinov2Model>> {
  model = await Dinov2Model.fromPretrained(folder);
  compiled = await model.compile({ engine: 'onnxruntime', threads });
  return compiled;
}

const engine: Engine = {
  version: `dinov2-tfjs compiled for onnxruntime-node ${sameVersion()}`,
  async load(folder, threads) {
    await open(folder, threads);
  },
  async run(input) {
    if (compiled === undefined) throw new Error('bench: load() comes first');
    using output = await compiled.forward(input);
    return readFloat32(output.lastHiddenState);
  },
  async openEmbedder(folder, threads) {
    const processor = await AutoImageProcessor.fromPretrained(folder);
    const loaded = await open(folder, threads);
    return async (image) => {
      const { pixelValues } = await processor.preprocess(await readFile(image));
      const [embedding = new Float32Array()] = await embed(loaded, pixelValues);
      return embedding;
    };
  },
  async close() {
    await compiled?.dispose();
    model?.dispose();
  },
};

export default engine;
