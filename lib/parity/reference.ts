/** Reference dumps in the format `dinov2-reference/1`. */
import { type Bytes, isBuffer } from '../../bytes/bytes-of.ts';
import { isBlob } from '../../bytes/tag-of.ts';
import { FormatError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { bool, type OptionsOf, readOptions } from '../../options/rows.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import { openRepository } from '../../sources/open-repository.ts';
import { REPOSITORY_OPTIONS, type RepositoryOptions } from '../../sources/repository.ts';
import type { Checkpoint, TensorInfo } from '../../weights/checkpoint.ts';
import { openCheckpoint } from '../../weights/open-checkpoint.ts';
import { exactValues } from '../../weights/widen.ts';
import { MODEL_CLASSES } from '../families/families.ts';
import { INTERNALS } from '../model/outputs.ts';

/** A tensor of a reference. */
export interface ReferenceTensor {
  shape: readonly number[];
  /** float64 references keep their precision */
  values: Float32Array | Float64Array;
}

/** What a reference file holds: inputs, and the outputs they must give. */
export interface Reference {
  where: string;
  /** the transformers class that made it */
  architecture: string;
  metadata: Readonly<Record<string, string>>;
  /** encoded images, from which `pixel_values` is to be computed */
  imageFiles: readonly Uint8Array[];
  /** inputs by name: `pixel_values`, `bool_masked_pos`, `attention_mask`, `labels`, and those of training */
  inputs: ReadonlyMap<string, ReferenceTensor & { dtype: TensorInfo['dtype'] }>;
  /** outputs and gradients by name, in file order */
  expected: ReadonlyMap<string, ReferenceTensor>;
}

/** A path, a URL, bytes, a Blob or File; or a file that is open. */
export type ReferenceSource = ModelSource | Bytes | Blob | Checkpoint;

/** What is read of a reference. */
export const REFERENCE_OPTIONS = {
  /** for a file that only adds other answers to the inputs of another; default false */
  outputsOnly: bool({ default: false }),
};

/** How a reference is found and read. */
export interface ReadReferenceOptions extends RepositoryOptions, OptionsOf<typeof REFERENCE_OPTIONS> {}

/** What stands under `format` in the metadata of a reference. */
export const REFERENCE_FORMAT = 'dinov2-reference/1';

/** What names of inputs are; of a series, what stands before the point. */
const INPUTS = new Set([
  ...['pixel_values', 'bool_masked_pos', 'attention_mask', 'labels'],
  // of training: what was drawn, and the weights of a sum of outputs that is the loss
  ...['uniform', 'loss_weights'],
]);
const OUTPUTS = new Set([
  ...['pixel_values', 'loss', 'gradients'],
  ...INTERNALS,
  ...MODEL_CLASSES.flatMap(({ outputs }) => outputs),
]);
const IMAGE_FILE = /^image_file\.(\d+)$/;

/**
 * Reads a whole reference file, such as `conformance/python` writes of PyTorch's outputs.
 *
 * @param source a file that is open stays so
 * @throws SourceError if it can't be had; FormatError if it is of another format, or names something that no model returns
 */
export async function readReference(
  source: ReferenceSource,
  options: ReadReferenceOptions = {},
): Promise<Reference> {
  const { outputsOnly } = readOptions('readReference', options, REFERENCE_OPTIONS, REPOSITORY_OPTIONS);
  if (isOpen(source)) return referenceIn(source, outputsOnly);
  const inMemory = ArrayBuffer.isView(source) || isBuffer(source) || isBlob(source);
  const named = inMemory ? { 'model.safetensors': source } : source;
  const file = await openCheckpoint(await openRepository(named, options));
  try {
    return await referenceIn(file, outputsOnly);
  } finally {
    await file.close();
  }
}

function isOpen(source: ReferenceSource): source is Checkpoint {
  return typeof source === 'object' && 'tensors' in source && source.tensors instanceof Map;
}

async function referenceIn(file: Checkpoint, outputsOnly: boolean): Promise<Reference> {
  const { where, metadata } = file;
  if (metadata.format !== REFERENCE_FORMAT) {
    throw new FormatError(
      `${where}: expected a reference with metadata format ${REFERENCE_FORMAT}, got ${shown(metadata.format)}`,
    );
  }
  if (metadata.architecture === undefined) {
    throw new FormatError(`${where}: expected metadata architecture, got none`);
  }
  const images = new Map<number, Uint8Array>();
  const inputs = new Map<string, ReferenceTensor & { dtype: TensorInfo['dtype'] }>();
  const expected = new Map<string, ReferenceTensor>();
  const fromFiles = [...file.tensors.keys()].some((name) => IMAGE_FILE.test(name));
  for (const [name, info] of file.tensors) {
    const image = IMAGE_FILE.exec(name)?.[1];
    const [series = ''] = name.split('.', 1);
    if (image !== undefined) {
      if (info.dtype !== 'U8' || info.shape.length !== 1) {
        throw new FormatError(
          `${where}: ${name}: expected a list of U8, got ${info.dtype} [${info.shape.join(', ')}]`,
        );
      }
      images.set(Number(image), await file.read(name));
    } else if (INPUTS.has(series) && !(name === 'pixel_values' && fromFiles)) {
      inputs.set(name, { ...(await readTensor(file, info)), dtype: info.dtype });
    } else if (OUTPUTS.has(series)) {
      expected.set(name, await readTensor(file, info));
    } else {
      throw new FormatError(
        `${where}: expected inputs and outputs of a DINOv2 model, got a tensor named ${name}`,
      );
    }
  }
  const imageFiles = Array.from({ length: images.size }, (_, i) => {
    const bytes = images.get(i);
    if (bytes === undefined) throw new FormatError(`${where}: expected image_file.${i}, got none`);
    return bytes;
  });
  if (!outputsOnly && imageFiles.length === 0 && !inputs.has('pixel_values')) {
    throw new FormatError(`${where}: expected pixel_values or image_file.0, got neither`);
  }
  if (expected.size === 0) throw new FormatError(`${where}: expected at least one output, got none`);
  return { where, architecture: metadata.architecture, metadata, imageFiles, inputs, expected };
}

async function readTensor(file: Checkpoint, { name, dtype, shape }: TensorInfo): Promise<ReferenceTensor> {
  return { shape, values: exactValues(await file.read(name), dtype) };
}
