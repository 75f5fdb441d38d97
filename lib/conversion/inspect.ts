/** Inspecting a checkpoint: its architecture, tensors, names and memory, without reading a value. */
import { ConfigError } from '../../errors/errors.ts';
import { isRounded, type Precision } from '../../ops/precision.ts';
import { type OptionsOf, positiveInteger, readOptions, value } from '../../options/rows.ts';
import { elementCount } from '../../shapes/element-count.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import { openRepository } from '../../sources/open-repository.ts';
import { REPOSITORY_OPTIONS, type RepositoryOptions } from '../../sources/repository.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import type { Dtype } from '../../weights/dtype.ts';
import type { MappedCheckpoint } from '../../weights/key-schemes/map-checkpoint.ts';
import { openCheckpoint } from '../../weights/open-checkpoint.ts';
import { tensorTotals } from '../../weights/tensor-totals.ts';
import { WEIGHTS_OPTIONS, type WeightsOptions } from '../../weights/weights-options.ts';
import type { Dinov2ConfigFields } from '../families/dinov2/dinov2-fields.ts';
import { type AnyConfig, classOfWeights, FAMILY_FILES } from '../families/families.ts';
import { widthOf } from '../heads/head.ts';
import type { ConfigSource } from '../loading/family-files.ts';
import { type FoundSource, mapWeights, readConfig, unknownSource } from '../loading/open-model.ts';
import { filePrecision } from '../loading/precision.ts';
import { weightsNotes } from '../loading/weights-notes.ts';
import type { ModelConfig } from '../model/model-config.ts';
import { estimateMemory } from './memory-estimate.ts';

/** What is asked of a checkpoint. */
export const INSPECT_OPTIONS = {
  /** height and width in pixels that memory is estimated for; default 224 */
  imageSize: positiveInteger({
    default: 224,
    flag: '--image-size <pixels>',
    help: 'the size the memory estimate is for',
  }),
  /** fields of the configuration that differ, or that can't be inferred where the source has none */
  fields: value<Dinov2ConfigFields>(),
};

/** How a checkpoint is found and inspected. */
export interface InspectOptions
  extends RepositoryOptions,
    WeightsOptions,
    OptionsOf<typeof INSPECT_OPTIONS> {}

/** One tensor of a file. */
export interface InspectedTensor {
  /** the name in the file */
  name: string;
  /** the weight it is, or is a part or the scales of, by our name; null if it is none */
  ours: string | null;
  dtype: Dtype;
  shape: readonly number[];
}

/** What there is to say about a checkpoint. */
export interface Inspection {
  /** the weights, as they were found: a file, or the index of several */
  file: string;
  /** where the configuration is from, or why there is none */
  configuration: string;
  /** what no file says of the model and is assumed, and which tensors are left out */
  warnings: readonly string[];
  modelType: string | undefined;
  architecture: string | undefined;
  parameters: number;
  weightBytes: number;
  dtypes: Record<string, number>;
  /** what the linear weights of the blocks are rounded to in the file: `i8`, else `f32`, which stands for 16 bits too */
  precision: Precision;
  keyScheme: string;
  shards: readonly string[];
  unexpected: readonly string[];
  leftOut: readonly string[];
  ignored: readonly string[];
  /** tensors that can't be read, by name, and what they are */
  unreadable: Record<string, string>;
  /** how many objects beside the tensors were passed over, by the names of their classes */
  passedOver: Record<string, number>;
  /** containers of tensors in a PyTorch file; those of several, of which one was chosen */
  containers: readonly string[];
  /** what stands before the names of the weights */
  prefix: string;
  labels: number | undefined;
  tokens: number | undefined;
  memoryBytes: number | undefined;
  metadata: Readonly<Record<string, string>>;
  /** every tensor of the file, in its order */
  tensors: readonly InspectedTensor[];
}

/**
 * Inspects a checkpoint. That its configuration can't be inferred is a finding, and no failure.
 *
 * @param source a folder, a `.safetensors`, `.pth` or `.bin` file, a Hub id, a URL, or files in memory
 * @throws SourceError; FormatError if it is no DINOv2 checkpoint; ConfigError if its `config.json` can't be used; OptionError
 */
export async function inspect(source: ModelSource, options: InspectOptions = {}): Promise<Inspection> {
  const { imageSize } = readOptions('inspect', options, INSPECT_OPTIONS, WEIGHTS_OPTIONS, REPOSITORY_OPTIONS);
  const repository = await openRepository(source, options);
  const known = await readConfig(repository, FAMILY_FILES);
  const checkpoint = await openCheckpoint(repository, options.weightsKey);
  try {
    const found = known ?? unknownSource(checkpoint, FAMILY_FILES);
    const mapped = mapWeights(checkpoint, found.family, found.source, options);
    return inspectionOf(checkpoint, mapped, found, { ...options, imageSize });
  } finally {
    await checkpoint.close();
  }
}

/** @param checkpoint as its file is, where `mapped` may be a view of it */
function inspectionOf(
  checkpoint: Checkpoint,
  mapped: MappedCheckpoint,
  { family, source }: FoundSource<AnyConfig>,
  options: InspectOptions & { imageSize: number },
): Inspection {
  const { config, ...found } = findConfig(mapped, source, options);
  const { head } = classOfWeights(family, mapped, source.architectures);
  const { parameters, bytes, dtypes } = tensorTotals(checkpoint);
  const memory = config && estimateMemory(config, bytesInMemory(mapped), options.imageSize);
  return {
    file: checkpoint.where,
    ...found,
    modelType: config?.modelType,
    architecture: config && describeArchitecture(config),
    parameters,
    weightBytes: bytes,
    dtypes,
    precision: filePrecision(mapped),
    keyScheme: mapped.scheme.description,
    shards: checkpoint.shards ?? [],
    unexpected: mapped.unexpected,
    leftOut: mapped.leftOut,
    ignored: mapped.ignored,
    unreadable: Object.fromEntries(checkpoint.unreadable ?? []),
    passedOver: Object.fromEntries(checkpoint.passedOver ?? []),
    containers: checkpoint.containers ?? [],
    prefix: mapped.prefix,
    labels: head?.infer(mapped.parameters, widthOf(mapped.parameters)).numLabels,
    tokens: memory?.tokens,
    memoryBytes: memory?.bytes,
    metadata: checkpoint.metadata,
    tensors: inspectTensors(checkpoint, mapped),
  };
}

/** Bytes of all weights in float32, but those in 8 bits as they are. */
function bytesInMemory({ parameters }: MappedCheckpoint): number {
  const parts = [...parameters].flatMap(([name, { parts }]) => parts.map((part) => ({ name, part })));
  return parts.reduce((sum, { name, part }) => {
    if ('zeros' in part) return sum + 4 * part.zeros;
    const isKept = part.scales !== undefined && isRounded(name);
    return sum + (isKept ? 1 : 4) * elementCount(part.tensor.shape);
  }, 0);
}

type FoundConfig = Pick<Inspection, 'configuration' | 'warnings'> & { config: ModelConfig | undefined };

/** That a configuration can't be inferred is a finding, and no failure. */
function findConfig(
  mapped: MappedCheckpoint,
  { description, resolve }: ConfigSource,
  options: InspectOptions,
): FoundConfig {
  const { checkpoint, parameters } = mapped;
  const notes = weightsNotes(mapped);
  try {
    const { config, warnings } = resolve(parameters, checkpoint.where, options.fields ?? {});
    return { configuration: description, warnings: [...warnings, ...notes], config };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { configuration: `none: ${error.message}`, warnings: notes, config: undefined };
  }
}

function describeArchitecture(config: ModelConfig): string {
  const { numHiddenLayers, hiddenSize, numAttentionHeads, useSwigluFfn, ffnHiddenSize } = config;
  const ffn = `${useSwigluFfn ? 'SwiGLU' : 'MLP'} ${ffnHiddenSize}`;
  return `${numHiddenLayers} blocks, ${hiddenSize} wide, ${numAttentionHeads} heads, ${ffn}, patch ${config.patchSize}, ${config.numRegisterTokens} registers, trained at ${config.imageSize}`;
}

function inspectTensors({ tensors }: Checkpoint, { parameters }: MappedCheckpoint): InspectedTensor[] {
  const oursOf = new Map<string, string>();
  for (const [ours, { parts }] of parameters) {
    for (const part of parts) {
      if ('zeros' in part) continue;
      oursOf.set(part.tensor.name, ours);
      if (part.scales !== undefined) oursOf.set(part.scales.name, ours);
    }
  }
  return [...tensors.values()].map(({ name, dtype, shape }) => ({
    name,
    ours: oursOf.get(name) ?? null,
    dtype,
    shape,
  }));
}
