/** Files of what was fitted to features: colours and segments that stay. */
import { open, readFile } from 'node:fs/promises';
import { codeOf } from '../../errors/code-of.ts';
import { shortened } from '../../errors/shown.ts';
import {
  FormatError,
  OptionError,
  option,
  PATCH_FEATURES_OPTIONS,
  type PatchFeaturesOptions,
  ShapeError,
  SourceError,
} from '../../lib/index.ts';
import { isObject } from '../../options/json-object.ts';
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

/** What stands in the place of a file that can't be read. */
const FOUND: Readonly<Record<string, string>> = { ENOENT: 'no such file', EISDIR: 'a folder' };

/** Which features something was fitted to; its file says it. */
export const FEATURES_OPTIONS = {
  layer: PATCH_FEATURES_OPTIONS.layer,
  facet: PATCH_FEATURES_OPTIONS.facet,
  applyLayernorm: PATCH_FEATURES_OPTIONS.applyLayernorm,
};

/** Bytes at the beginning of a file that surely have what its metadata say of its format. */
const HEAD = 2 ** 20;

/**
 * Refuses a file that could not be written, or that holds something else, before hours of work are done for it.
 *
 * @param flag that names it
 */
export async function requireFittedFile(flag: string, file: string): Promise<void> {
  if (!file.endsWith('.safetensors')) {
    throw new OptionError(`${flag}: expected a file ending in .safetensors, got ${file}`);
  }
  if (await isOfSomethingElse(file)) {
    throw new OptionError(
      `${flag}: expected a new file, or an earlier one of the kind, got something else in ${file}; name another, as it would be lost`,
    );
  }
  await requireWritable(file);
}

/** Whether there is a file that this command has not fitted, such as a model's weights, which end alike. */
async function isOfSomethingElse(file: string): Promise<boolean> {
  const opened = await open(file).catch(() => undefined);
  if (opened === undefined) return false;
  try {
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return bytesRead > 0 && !buffer.toString('latin1', 0, bytesRead).includes('"dinov2-tfjs-');
  } catch {
    return false;
  } finally {
    await opened.close();
  }
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
    const found = FOUND[String(code)] ?? code ?? cause;
    throw new SourceError(`${file}: expected the file of ${what}, got ${found}; see ${flag}`, { cause });
  });
}

/**
 * Which features something was fitted to; undefined if its file doesn't say it, or in words of its own, as those of other programs.
 *
 * @param flag that makes such a file
 * @throws FormatError if it says what are no features
 */
export function featuresOfFitted(
  { metadata: { features = '' } }: Fitted,
  file: string,
  flag: string,
): PatchFeaturesOptions | undefined {
  let said: unknown;
  try {
    said = JSON.parse(features);
  } catch {
    return undefined;
  }
  if (!isObject(said)) return undefined;
  try {
    return option.readOptions(`${file}: features`, said, FEATURES_OPTIONS);
  } catch (error) {
    // of a file, and not of what the user wrote
    if (!(error instanceof OptionError)) throw error;
    throw new FormatError(`${error.message}; save it again with ${flag}`, { cause: error });
  }
}

/**
 * Refuses a file of features that are of another width than those it is applied to, and says that it is of another model, which only
 * its name tells where they are as wide.
 *
 * @param width D of the features that it is applied to
 * @throws ShapeError
 */
export function checkModel(file: string, { dim, metadata }: Fitted, parsed: Parsed, width: number): void {
  const name = modelName(parsed);
  const model = shortened(metadata.model ?? '');
  if (dim !== width) {
    const of = model === '' ? '' : ` (${model})`;
    throw new ShapeError(
      `${file}: expected features of ${dim} values, as it was fitted to${of}, got ${width} of ${name}; take that model, or fit another`,
    );
  }
  if (model === '' || mayBeSameModel(model, name)) return;
  note(`${file}: fitted to features of ${model}, not ${name}; it says nothing of another model’s`);
}
