/** What there is to say about a checkpoint, without reading a value. */
import { ConfigError } from '../errors/errors.ts';
import { Dinov2Config } from '../lib/configuration/dinov2-config.ts';
import type { Dinov2ConfigFields } from '../lib/configuration/dinov2-config-fields.ts';
import { type ConfigSource, resolveModel } from '../lib/loading/resolve-config.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import type { Dtype } from '../weights/dtype.ts';
import { mapCheckpoint } from '../weights/key-schemes/map-checkpoint.ts';
import { KEY_SCHEMES } from '../weights/key-schemes/schemes.ts';
import { tensorTotals } from '../weights/tensor-totals.ts';
import { estimateMemory } from './memory-estimate.ts';

/** One tensor of a file. */
export interface InspectedTensor {
  /** the name in the file */
  name: string;
  /** the weight it is, or is a part of, by our name; null if it is none */
  ours: string | null;
  dtype: Dtype;
  shape: readonly number[];
}

/** What there is to say about a checkpoint. */
export interface Inspection {
  model: string;
  /** the weights, as they were found: a file, or the index of several */
  file: string;
  /** where the configuration is from, or why there is none */
  configuration: string;
  /** what no file says of the model and is assumed */
  warnings: readonly string[];
  modelType: string | undefined;
  architecture: string | undefined;
  parameters: number;
  weightBytes: number;
  dtypes: Record<string, number>;
  keyScheme: string;
  shards: readonly string[];
  unexpected: readonly string[];
  leftOut: readonly string[];
  labels: number | undefined;
  tokens: number | undefined;
  memoryBytes: number | undefined;
  metadata: Readonly<Record<string, string>>;
}

interface FoundConfig {
  config: Dinov2Config | undefined;
  configuration: string;
  warnings: readonly string[];
}

/** The configuration of the file or of the tensors. That it can't be inferred is a finding, and no failure. */
function findConfig({ file, checkpoint, fields }: InspectedSource): FoundConfig {
  try {
    const { config, warnings } = resolveModel(checkpoint, file, fields);
    return { config, configuration: sourceOf(file), warnings };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { config: undefined, configuration: `none: ${error.message}`, warnings: [] };
  }
}

function sourceOf(file: ConfigSource): string {
  if (file === undefined) return 'inferred from the tensors';
  return file instanceof Dinov2Config ? 'config.json' : `config.json of timm (${file.architecture})`;
}

function describeArchitecture(config: Dinov2Config): string {
  const { numHiddenLayers, hiddenSize, numAttentionHeads, useSwigluFfn, ffnHiddenSize } = config;
  const ffn = `${useSwigluFfn ? 'SwiGLU' : 'MLP'} ${ffnHiddenSize}`;
  return `${numHiddenLayers} blocks, ${hiddenSize} wide, ${numAttentionHeads} heads, ${ffn}, patch ${config.patchSize}, ${config.numRegisterTokens} registers, trained at ${config.imageSize}`;
}

/** A checkpoint and what else its source has. */
export interface InspectedSource {
  /** as the user named it */
  model: string;
  /** the `config.json` */
  file: ConfigSource;
  checkpoint: Checkpoint;
  /** of the configuration, where the user says them */
  fields: Dinov2ConfigFields;
}

/**
 * Inspects a checkpoint.
 *
 * @param imageSize height and width in pixels that memory is estimated for
 * @throws FormatError if it is no DINOv2 checkpoint
 */
export function inspect(source: InspectedSource, imageSize: number): Inspection {
  const { model, checkpoint } = source;
  const mapped = mapCheckpoint(checkpoint);
  const found = findConfig(source);
  const { parameters, bytes, dtypes } = tensorTotals(checkpoint);
  const memory = found.config && estimateMemory(found.config, parameters, imageSize);
  return {
    model,
    file: checkpoint.where,
    configuration: found.configuration,
    warnings: found.warnings,
    modelType: found.config?.modelType,
    architecture: found.config && describeArchitecture(found.config),
    parameters,
    weightBytes: bytes,
    dtypes,
    keyScheme: KEY_SCHEMES[mapped.scheme].description,
    shards: checkpoint.shards ?? [],
    unexpected: mapped.unexpected,
    leftOut: mapped.leftOut,
    labels: mapped.parameters.get('head.weight')?.shape[0],
    tokens: memory?.tokens,
    memoryBytes: memory?.bytes,
    metadata: checkpoint.metadata,
  };
}

/** Every tensor of a file, in its order. */
export function inspectTensors(checkpoint: Checkpoint): InspectedTensor[] {
  const oursOf = new Map<string, string>();
  for (const [ours, { parts }] of mapCheckpoint(checkpoint).parameters) {
    for (const part of parts) if ('tensor' in part) oursOf.set(part.tensor.name, ours);
  }
  return [...checkpoint.tensors.values()].map(({ name, dtype, shape }) => ({
    name,
    ours: oursOf.get(name) ?? null,
    dtype,
    shape,
  }));
}
