/** Adapters as peft's files. */
import { joined } from '../../../bytes/joined.ts';
import { Dinov2Error } from '../../../errors/errors.ts';
import { bool, type OptionsOf, readOptions } from '../../../options/rows.ts';
import { requireNode } from '../../../platform/require-node.ts';
import {
  float32ToWrite,
  safetensorsParts,
  type TensorToWrite,
} from '../../../weights/write/encode-safetensors.ts';
import { FILE_METADATA } from '../../../weights/write/file-metadata.ts';
import type { AdapterForm, LoraAdapters } from './lora-adapters.ts';
import { loraConfigFile } from './lora-config.ts';
import { headPath, loraModules } from './lora-modules.ts';

/** What adapters have in common. */
export const LORA_CONFIG_FILE = 'adapter_config.json';
/** The matrices, and the head. */
export const LORA_WEIGHTS_FILE = 'adapter_model.safetensors';
/** What stands before the names of modules. */
export const LORA_PREFIX = 'base_model.model.';

/** How adapters are saved. */
export const SAVE_LORA_OPTIONS = {
  /** whether adapters that are in the folder already may be replaced; default false */
  overwrite: bool({ default: false }),
};

/** How adapters are saved. */
export interface SaveLoraOptions extends OptionsOf<typeof SAVE_LORA_OPTIONS> {}

/**
 * Saves adapters as peft's `save_pretrained` does: `adapter_config.json` and `adapter_model.safetensors`, in which the head stands
 * whole. `loadLora` reads them again, and `PeftModel.from_pretrained` on transformers 5. Needs Node.
 *
 * @param folder appears when it is complete
 * @throws SourceError if it is there already and `overwrite` is off, or can't be written; OptionError; Dinov2Error of adapters that
 *   were taken off
 */
export async function saveLora(
  adapters: LoraAdapters,
  folder: string,
  options: SaveLoraOptions = {},
): Promise<void> {
  const { overwrite } = readOptions('saveLora', options, SAVE_LORA_OPTIONS);
  requireNode(folder);
  const files = await loraFiles(adapters);
  const { writeLoraFolder } = await import('#node/lib/training/lora/lora-folder');
  await writeLoraFolder(files, folder, overwrite);
}

/**
 * The files of `saveLora` in memory.
 *
 * @returns the bytes of each file by its name
 * @throws Dinov2Error of adapters that were taken off
 */
export async function loraFiles(adapters: LoraAdapters): Promise<Record<string, Uint8Array>> {
  const tensors: TensorToWrite[] = [];
  for (const [name, ours] of loraNames(adapters)) {
    const tensor = adapters.model.parameters.get(ours);
    if (tensor === undefined) {
      throw new Dinov2Error('saveLora: expected adapters that are on a model, got some that were taken off');
    }
    tensors.push(float32ToWrite(name, tensor.shape, await tensor.data<'float32'>()));
  }
  return {
    [LORA_CONFIG_FILE]: new TextEncoder().encode(configText(adapters)),
    [LORA_WEIGHTS_FILE]: joined(safetensorsParts(tensors, FILE_METADATA)),
  };
}

/** The names of all that is saved, in files and ours. */
export function loraNames({ model, forms, headNames }: LoraAdapters): [file: string, ours: string][] {
  const matrices = forms.flatMap(({ module: { path, name } }): [string, string][] => [
    [`${path}.lora_A.weight`, `${name}.A`],
    [`${path}.lora_B.weight`, `${name}.B`],
  ]);
  const head = headNames.map((ours): [string, string] => [headPath(model, ours), ours]);
  return [...matrices, ...head].map(([name, ours]) => [LORA_PREFIX + name, ours]);
}

function configText({ model, forms, headNames, config }: LoraAdapters): string {
  const others = (value: (form: AdapterForm) => number, usual: number): Record<string, number> =>
    Object.fromEntries(
      forms.filter((form) => value(form) !== usual).map((form) => [form.module.path, value(form)]),
    );
  return loraConfigFile({
    ...config,
    targets: targetsOf(
      forms,
      loraModules(model).map(({ path }) => path),
    ),
    saved: [...new Set(headNames.map((ours) => moduleOf(headPath(model, ours))))],
    alphas: others(({ alpha }) => alpha, config.alpha),
    ranks: others(({ r }) => r, config.r),
  });
}

/** The ends of names that only adapted modules have, and whole names of the others. */
function targetsOf(forms: readonly AdapterForm[], all: readonly string[]): string[] {
  const adapted = new Set(forms.map(({ module }) => module.path));
  const isWhole = (end: string): boolean => all.every((path) => endOf(path) !== end || adapted.has(path));
  const targets = [...adapted].map((path) => (isWhole(endOf(path)) ? endOf(path) : path));
  return [...new Set(targets)].sort();
}

function endOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function moduleOf(name: string): string {
  return name.replace(/\.(weight|bias)$/, '');
}
