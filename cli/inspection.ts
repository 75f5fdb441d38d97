/** What there is to say about a checkpoint, without reading a value. */
import { ConfigError } from '../errors/errors.ts';
import type { Dinov2Config } from '../lib/configuration/dinov2-config.ts';
import { inferConfig } from '../lib/configuration/infer-config.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import type { Dtype } from '../weights/dtype.ts';
import type { MappedCheckpoint } from '../weights/key-schemes/map-checkpoint.ts';
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
  modelType: string | undefined;
  architecture: string | undefined;
  parameters: number;
  weightBytes: number;
  dtypes: Record<string, number>;
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
  /** what was chosen among several that the file has */
  warnings: readonly string[];
  labels: number | undefined;
  tokens: number | undefined;
  memoryBytes: number | undefined;
  metadata: Readonly<Record<string, string>>;
}

interface FoundConfig {
  config: Dinov2Config | undefined;
  configuration: string;
}

/** The configuration of the file or of the tensors. That it can't be inferred is a finding, and no failure. */
function findConfig(config: Dinov2Config | undefined, mapped: MappedCheckpoint, where: string): FoundConfig {
  if (config !== undefined) return { config, configuration: 'config.json' };
  try {
    return { config: inferConfig(mapped.parameters, where), configuration: 'inferred from the tensors' };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { config: undefined, configuration: `none: ${error.message}` };
  }
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
  /** of `config.json`; undefined if there is none */
  config: Dinov2Config | undefined;
  checkpoint: Checkpoint;
  mapped: MappedCheckpoint;
}

/**
 * Inspects a checkpoint.
 *
 * @param imageSize height and width in pixels that memory is estimated for
 */
export function inspect(
  { model, config, checkpoint, mapped }: InspectedSource,
  imageSize: number,
): Inspection {
  const found = findConfig(config, mapped, checkpoint.where);
  const { parameters, bytes, dtypes } = tensorTotals(checkpoint);
  const memory = found.config && estimateMemory(found.config, parameters, imageSize);
  return {
    model,
    file: checkpoint.where,
    configuration: found.configuration,
    modelType: found.config?.modelType,
    architecture: found.config && describeArchitecture(found.config),
    parameters,
    weightBytes: bytes,
    dtypes,
    keyScheme: KEY_SCHEMES[mapped.scheme].description,
    shards: checkpoint.shards ?? [],
    unexpected: mapped.unexpected,
    leftOut: mapped.leftOut,
    ignored: mapped.ignored,
    unreadable: Object.fromEntries(checkpoint.unreadable ?? []),
    passedOver: Object.fromEntries(checkpoint.passedOver ?? []),
    containers: checkpoint.containers ?? [],
    prefix: mapped.prefix,
    warnings: checkpoint.notes ?? [],
    labels: mapped.parameters.get('head.weight')?.shape[0],
    tokens: memory?.tokens,
    memoryBytes: memory?.bytes,
    metadata: checkpoint.metadata,
  };
}

/** Every tensor of a file, in its order. */
export function inspectTensors({ checkpoint, mapped }: InspectedSource): InspectedTensor[] {
  const oursOf = new Map<string, string>();
  for (const [ours, { parts }] of mapped.parameters) {
    for (const part of parts) if ('tensor' in part) oursOf.set(part.tensor.name, ours);
  }
  return [...checkpoint.tensors.values()].map(({ name, dtype, shape }) => ({
    name,
    ours: oursOf.get(name) ?? null,
    dtype,
    shape,
  }));
}
