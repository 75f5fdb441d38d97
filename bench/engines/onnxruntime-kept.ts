/** This package, compiled for the onnxruntime-node that it finds by itself, with the graph that an earlier start has kept. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AutoImageProcessor,
  type CompiledModel,
  compilePretrained,
  Dinov2Model,
  embed,
  readFloat32,
} from '../../lib/index.ts';
import { PREPARED } from '../places.ts';
import type { Engine } from './engine.ts';
import { sameVersion } from './same-version.ts';

let compiled: CompiledModel<Dinov2Model> | undefined;

async function open(folder: string, threads: number): Promise<CompiledModel<Dinov2Model>> {
  const graphCacheDir = join(PREPARED, 'graphs');
  compiled = await compilePretrained(Dinov2Model, folder, { threads, graphCacheDir });
  return compiled;
}

const engine: Engine = {
  version: `dinov2-tfjs compiled for onnxruntime-node ${sameVersion()}, graph kept`,
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
  },
};

export default engine;
