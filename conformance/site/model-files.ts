/** Models for the site to load from a server: the bundled one, and one of the size of `dinov2-small` with seeded weights. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BitImageProcessor, Dinov2Model, presetConfig, pretrainedFiles } from '../../lib/index.ts';
import type { ModelFiles } from './server.ts';

const FILES = ['config.json', 'preprocessor_config.json', 'model.safetensors'];

/** @param root the repository */
export async function modelFiles(root: string): Promise<ModelFiles> {
  const digits = FILES.map(
    async (file) => [`digits/${file}`, await readFile(join(root, 'models/digits', file))] as const,
  );
  const model = await Dinov2Model.fromConfig(presetConfig('dinov2-small'));
  const small = await pretrainedFiles(model, { processor: new BitImageProcessor() });
  model.dispose();
  return {
    ...Object.fromEntries(await Promise.all(digits)),
    ...Object.fromEntries(Object.entries(small).map(([file, bytes]) => [`small/${file}`, bytes])),
  };
}
