/** What there is to say about a checkpoint, without reading a value. */
import { ConfigError } from '../errors/errors.ts';
import { Dinov2Config } from '../lib/families/dinov2/configuration/dinov2-config.ts';
import type { Dinov2ConfigFields } from '../lib/families/dinov2/configuration/dinov2-config-fields.ts';
import { type ConfigSource, resolveModel } from '../lib/loading/resolve-model.ts';
import { weightsNotes } from '../lib/loading/weights-notes.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import type { Dtype } from '../weights/dtype.ts';
import { type MappedCheckpoint, mapCheckpoint } from '../weights/key-schemes/map-checkpoint.ts';
import { KEY_SCHEMES } from '../weights/key-schemes/schemes.ts';
import { tensorTotals } from '../weights/tensor-totals.ts';
import type { WeightsOptions } from '../weights/weights-options.ts';
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
  /** what no file says of the model and is assumed, and which tensors are left out */
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
}

interface FoundConfig {
  config: Dinov2Config | undefined;
  configuration: string;
  warnings: readonly string[];
}

/** The configuration of the file or of the tensors. That it can't be inferred is a finding, and no failure. */
function findConfig(
  { file, checkpoint, fields, weights }: InspectedSource,
  mapped: MappedCheckpoint,
): FoundConfig {
  try {
    const { config, warnings } = resolveModel(checkpoint, file, fields, weights);
    return { config, configuration: sourceOf(file), warnings };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const warnings = weightsNotes(checkpoint, mapped);
    return { config: undefined, configuration: `none: ${error.message}`, warnings };
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
  /** which tensors the user says are the weights */
  weights: WeightsOptions;
}

/**
 * Inspects a checkpoint.
 *
 * @param imageSize height and width in pixels that memory is estimated for
 */
export function inspect(source: InspectedSource, imageSize: number): Inspection {
  const { model, checkpoint, weights } = source;
  const mapped = mapCheckpoint(checkpoint, weights);
  const found = findConfig(source, mapped);
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
    ignored: mapped.ignored,
    unreadable: Object.fromEntries(checkpoint.unreadable ?? []),
    passedOver: Object.fromEntries(checkpoint.passedOver ?? []),
    containers: checkpoint.containers ?? [],
    prefix: mapped.prefix,
    labels: mapped.parameters.get('head.weight')?.shape[0],
    tokens: memory?.tokens,
    memoryBytes: memory?.bytes,
    metadata: checkpoint.metadata,
  };
}

/** Every tensor of a file, in its order. */
export function inspectTensors({ checkpoint, weights }: InspectedSource): InspectedTensor[] {
  const oursOf = new Map<string, string>();
  for (const [ours, { parts }] of mapCheckpoint(checkpoint, weights).parameters) {
    for (const part of parts) if ('tensor' in part) oursOf.set(part.tensor.name, ours);
  }
  return [...checkpoint.tensors.values()].map(({ name, dtype, shape }) => ({
    name,
    ours: oursOf.get(name) ?? null,
    dtype,
    shape,
  }));
}
