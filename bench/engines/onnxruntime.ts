/** This package, compiled for the onnxruntime-node that it finds by itself, as in a user's program. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AutoImageProcessor, type CompiledModel, Dinov2Model, embed, readFloat32 } from '../../lib/index.ts';
import { PEERS } from '../../peers/peer.ts';
import { ROOT } from '../../peers/root.ts';
import type { Engine } from './engine.ts';

const PACKAGE = 'onnxruntime-node';

let model: Dinov2Model | undefined;
let compiled: CompiledModel<Dinov2Model> | undefined;

async function open(folder: string, threads: number): Promise<CompiledModel<Dinov2Model>> {
  model = await Dinov2Model.fromPretrained(folder);
  compiled = await model.compile({ engine: 'onnxruntime', threads });
  return compiled;
}

function versionIn(folder: string): string | undefined {
  try {
    const text = readFileSync(join(folder, 'node_modules', PACKAGE, 'package.json'), 'utf8');
    const { version }: { version: string } = JSON.parse(text);
    return version;
  } catch {
    return undefined;
  }
}

/** The version, which has to be that of the peers: everyone runs the same ONNX Runtime. */
function sameVersion(): string {
  const [ours, theirs] = [versionIn(ROOT), versionIn(PEERS)];
  if (ours === undefined || ours !== theirs) {
    throw new Error(
      `bench: expected ${PACKAGE} ${theirs} in ${ROOT}, got ${ours ?? 'none'}; run \`npm install --no-save --ignore-scripts ${PACKAGE}@${theirs}\` there`,
    );
  }
  return ours;
}

const engine: Engine = {
  version: `dinov2-tfjs compiled for ${PACKAGE} ${sameVersion()}`,
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
