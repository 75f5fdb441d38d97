/** The configuration of a checkpoint: of transformers' file, of timm's, or of the tensors alone. */

import { readJson } from '../../sources/read-json.ts';
import type { Repository } from '../../sources/repository.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import { type MappedCheckpoint, mapCheckpoint } from '../../weights/key-schemes/map-checkpoint.ts';
import { withUsualPositions } from '../../weights/key-schemes/prefix-positions.ts';
import type { WeightsOptions } from '../../weights/weights-options.ts';
import { assumptions } from '../families/dinov2/configuration/assumptions.ts';
import { Dinov2Config } from '../families/dinov2/configuration/dinov2-config.ts';
import type { Dinov2ConfigFields } from '../families/dinov2/configuration/dinov2-config-fields.ts';
import { inferConfig } from '../families/dinov2/configuration/infer-config.ts';
import { argumentsOf, timmConfig } from '../families/dinov2/timm/timm-config.ts';
import { isTimmFile, readTimmFile, type TimmFile } from '../families/dinov2/timm/timm-file.ts';
import { withTimmHead } from '../heads/linear/timm-head.ts';
import { weightsNotes } from './weights-notes.ts';

/** What stands beside the weights; undefined if nothing does. */
export type ConfigSource = Dinov2Config | TimmFile | undefined;

/** A checkpoint that is as DINOv2 models are, with its weights found and described. */
export interface ResolvedModel {
  readonly checkpoint: Checkpoint;
  readonly mapped: MappedCheckpoint;
  readonly config: Dinov2Config;
  /** what no file says of the model, and which tensors are left out, in sentences */
  readonly warnings: readonly string[];
}

/**
 * Reads the `config.json` of a repository.
 *
 * @returns undefined if there is none
 * @throws ConfigError if it can't be used; SourceError if it can't be had
 */
export async function readConfig(repository: Repository): Promise<ConfigSource> {
  const file = await readJson(repository, 'config.json');
  if (file === undefined) return undefined;
  const { json, where } = file;
  return isTimmFile(json) ? readTimmFile(json, where) : Dinov2Config.fromJSON(json, where);
}

/**
 * Sees the tensors of a checkpoint as those of a DINOv2 model, which timm keeps in another form, without reading a value.
 *
 * @param file what `readConfig` found
 * @param prefix what stands before the names, where the user says it
 * @returns the checkpoint itself where nothing differs; closing the other closes it
 * @throws ConfigError if timm's file is of no model with DINOv2's layers
 */
function asDinov2(checkpoint: Checkpoint, file: ConfigSource, prefix?: string): Checkpoint {
  if (file === undefined) return withUsualPositions(checkpoint, undefined, prefix);
  if (file instanceof Dinov2Config) {
    const [h, w] = file.positionGrid;
    return withUsualPositions(checkpoint, { patches: h * w }, prefix);
  }
  const { reg_tokens: registers = 0, no_embed_class: noEmbedClass, global_pool: pool } = argumentsOf(file);
  const said = { registers: Number(registers), noEmbedClass: noEmbedClass === true };
  const placed = withUsualPositions(checkpoint, said, prefix);
  return withTimmHead(placed, pool === 'avg' ? 'avg' : 'token', prefix);
}

/**
 * Finds the weights and the configuration.
 *
 * @param file what `readConfig` found
 * @param fields of the configuration that differ, or that can't be inferred
 * @param weights which tensors the user says are the weights
 * @throws FormatError if it is no DINOv2 checkpoint; ConfigError if it can't be described
 */
export function resolveModel(
  checkpoint: Checkpoint,
  file: ConfigSource,
  fields: Dinov2ConfigFields = {},
  weights: WeightsOptions = {},
): ResolvedModel {
  const seen = asDinov2(checkpoint, file, weights.prefix);
  const mapped = mapCheckpoint(seen, weights);
  const { config, warnings } = describe(file, mapped, checkpoint.where, fields);
  return { checkpoint: seen, mapped, config, warnings: [...warnings, ...weightsNotes(seen, mapped)] };
}

function describe(
  file: ConfigSource,
  { parameters }: MappedCheckpoint,
  where: string,
  fields: Dinov2ConfigFields,
): Pick<ResolvedModel, 'config' | 'warnings'> {
  if (file instanceof Dinov2Config) return { config: file.with(fields), warnings: [] };
  if (file !== undefined) return timmConfig(file, parameters, fields);
  const config = inferConfig(parameters, where, fields);
  const sentence = assumptions(config, where);
  return { config, warnings: sentence === undefined ? [] : [sentence] };
}
