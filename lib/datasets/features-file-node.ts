/** Features kept in a safetensors file. */
import { readFile } from 'node:fs/promises';
import { bytesOf } from '../../bytes/bytes-of.ts';
import { codeOf } from '../../errors/code-of.ts';
import { DatasetError, SourceError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { listField, stringField } from '../../options/field-readers.ts';
import { isObject } from '../../options/json-object.ts';
import { parseJson } from '../../options/parse-json.ts';
import { memorySource } from '../../sources/byte-source.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import { openSafetensors } from '../../weights/safetensors/open-safetensors.ts';
import {
  float32ToWrite,
  safetensorsParts,
  type TensorToWrite,
} from '../../weights/write/encode-safetensors.ts';
import { writeFileWhole } from '../../weights/write/write-file-node.ts';
import type { DatasetFeatures } from './dataset-features.ts';
import type { FeaturesIdentity } from './features-identity-node.ts';

/** What stands under `format` in the metadata. */
const FORMAT = 'dinov2-features/1';

/** Features without how they came to be. */
type Kept = Omit<DatasetFeatures, 'reused'>;

/**
 * Writes features: `layers.{i}` [n, D] and `patch_mean` [n, D] float32, `labels` and `indices` [n] int32; names, classes, what could not be read and what
 * all is of in the metadata. The file appears when it is whole, in place of an older one.
 *
 * @throws SourceError if it can't be written
 */
export async function writeFeatures(
  path: string,
  features: Kept,
  identity: FeaturesIdentity,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { layers, patchMean, labels, indices, dim, names, classes, failed } = features;
  const shape = [labels.length, dim];
  const tensors = [
    ...layers.map((layer, i) => float32ToWrite(`layers.${i}`, shape, layer)),
    float32ToWrite('patch_mean', shape, patchMean),
    int32ToWrite('labels', labels),
    int32ToWrite('indices', indices),
  ];
  const texts = Object.entries({ names, classes, failed, identity });
  const metadata = Object.fromEntries(texts.map(([name, value]) => [name, JSON.stringify(value)]));
  const parts = safetensorsParts(tensors, { format: FORMAT, ...metadata });
  await writeFileWhole(path, parts, { overwrite: true, signal });
}

function int32ToWrite(name: string, values: Int32Array): TensorToWrite {
  return { name, dtype: 'I32', shape: [values.length], bytes: bytesOf(values, name) };
}

/**
 * Reads features, if a file has those that are asked for.
 *
 * @returns what it has, or in words what they are of instead; undefined if there is no file
 * @throws DatasetError if it is another file, which must not be replaced; SourceError if it can't be read
 */
export async function readFeatures(
  path: string,
  identity: FeaturesIdentity,
): Promise<Kept | string | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new SourceError(`${path}: expected a file of features, got ${String(codeOf(error) ?? error)}`, {
      cause: error,
    });
  }
  const file = await openSafetensors(memorySource(new Uint8Array(bytes)), path).catch((error: unknown) => {
    throw new DatasetError(`${path}: expected a file of features, got another; choose another name`, {
      cause: error,
    });
  });
  const { metadata } = file;
  if (metadata.format !== FORMAT) {
    throw new DatasetError(
      `${path}: expected features in the format ${FORMAT}, got ${shown(metadata.format)}; choose another name, or remove the file`,
    );
  }
  const found = parseJson(metadata.identity ?? '', path);
  const other = Object.entries(identity).find(
    ([name, value]) =>
      !isObject(found) || Object.entries(found).every(([key, own]) => key !== name || own !== value),
  );
  return other === undefined ? keptIn(file) : OTHERS[other[0]];
}

const OTHERS: Readonly<Record<string, string>> = {
  model: 'another model',
  processor: 'another image processor',
  images: 'other images or labels',
  blocks: 'other blocks',
};

async function keptIn(file: Checkpoint): Promise<Kept> {
  const { metadata, tensors, where } = file;
  const list = (name: string): unknown => parseJson(metadata[name] ?? '', `${where}: ${name}`);
  const texts = (name: string) => listField(stringField)(list(name), `${where}: ${name}`);
  const float32 = async (name: string): Promise<Float32Array> => {
    const { buffer, byteOffset, byteLength } = await file.read(name);
    return new Float32Array(buffer, byteOffset, byteLength / 4);
  };
  const blocks = [...tensors.keys()].filter((name) => name.startsWith('layers.')).length;
  const layers: Float32Array[] = [];
  for (let i = 0; i < blocks; i++) layers.push(await float32(`layers.${i}`));
  const int32 = async (name: string): Promise<Int32Array> => {
    const { buffer, byteOffset, byteLength } = await file.read(name);
    return new Int32Array(buffer, byteOffset, byteLength / 4);
  };
  const failed = list('failed');
  const classes = texts('classes');
  return {
    names: texts('names'),
    classes,
    numClasses: classes.length,
    failed: (Array.isArray(failed) ? failed : []).map((each: Record<string, unknown>) => ({
      name: String(each.name),
      error: String(each.error),
    })),
    dim: tensors.get('patch_mean')?.shape[1] ?? 0,
    layers,
    patchMean: await float32('patch_mean'),
    labels: await int32('labels'),
    indices: await int32('indices'),
  };
}
