/** Files of what was fitted to features: colours and segments that stay. */
import { readFile } from 'node:fs/promises';
import { codeOf } from '../../errors/code-of.ts';
import {
  OptionError,
  option,
  PATCH_FEATURES_OPTIONS,
  type PatchFeaturesOptions,
  SourceError,
} from '../../lib/index.ts';
import { type Parsed, valuesOf } from '../flags.ts';
import { note } from '../messages.ts';
import { mayBeSameModel, modelName } from '../model-name.ts';
import { requireWritable, writeOutput } from '../write-file.ts';

/** What was fitted to features, as `PcaBasis` and `ClusterCentres`. */
export interface Fitted {
  readonly dim: number;
  readonly metadata: Readonly<Record<string, string>>;
  toBytes(metadata: Readonly<Record<string, string>>): Uint8Array;
}

/** Which features something was fitted to; its file says it. */
export const FEATURES_OPTIONS = {
  layer: PATCH_FEATURES_OPTIONS.layer,
  facet: PATCH_FEATURES_OPTIONS.facet,
  applyLayernorm: PATCH_FEATURES_OPTIONS.applyLayernorm,
};

/**
 * Refuses a file that could not be written, before hours of work are done for it.
 *
 * @param flag that names it
 */
export async function requireFittedFile(flag: string, file: string): Promise<void> {
  if (!file.endsWith('.safetensors')) {
    throw new OptionError(`${flag}: expected a file ending in .safetensors, got ${file}`);
  }
  await requireWritable(file);
}

/** Writes a file that says which model's features, and which of these, something was fitted to. */
export async function writeFitted(file: string, fitted: Fitted, parsed: Parsed): Promise<void> {
  const features = JSON.stringify(valuesOf(FEATURES_OPTIONS, parsed));
  await writeOutput(file, fitted.toBytes({ features, model: modelName(parsed) }));
}

/** @throws SourceError naming what the file should be of, and the flag that makes one */
export async function readFittedFile(file: string, what: string, flag: string): Promise<Uint8Array> {
  return readFile(file).catch((cause: unknown) => {
    const code = codeOf(cause);
    const found = code === 'ENOENT' ? 'no such file' : (code ?? cause);
    throw new SourceError(`${file}: expected the file of ${what}, got ${found}; see ${flag}`, { cause });
  });
}

/** Which features something was fitted to; undefined if its file doesn't say it, or in words of its own, as those of other programs. */
export function featuresOfFitted(
  { metadata: { features } }: Fitted,
  file: string,
): PatchFeaturesOptions | undefined {
  if (features === undefined) return undefined;
  let said: object;
  try {
    said = JSON.parse(features);
  } catch {
    return undefined;
  }
  return option.readOptions(file, said, FEATURES_OPTIONS);
}

/**
 * Says that a file is of another model than the one it is applied to, which only its name tells where features are as wide.
 *
 * @param width D of the features that it is applied to
 */
export function noteOtherModel(file: string, { dim, metadata }: Fitted, parsed: Parsed, width: number): void {
  const name = modelName(parsed);
  const { model = name } = metadata;
  if (dim !== width || mayBeSameModel(model, name)) return;
  note(`${file}: fitted to features of ${model}, not ${name}; colours of another model mean nothing`);
}
