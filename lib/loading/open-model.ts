/** From a source to its checkpoint and configuration, before a value is read. */
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import { type MappedCheckpoint, mapCheckpoint } from '../../weights/key-schemes/map-checkpoint.ts';
import { openCheckpoint } from '../../weights/open-checkpoint.ts';
import type { Repository, RepositoryOptions } from '../../weights/repositories/repository.ts';
import type { WeightsOptions } from '../../weights/weights-options.ts';
import { Dinov2Config } from '../configuration/dinov2-config.ts';
import type { Dinov2ConfigFields } from '../configuration/dinov2-config-fields.ts';
import { inferConfig } from '../configuration/infer-config.ts';
import { attachHead, type HeadOptions, withHead } from './attach-head.ts';
import { readJson } from './read-json.ts';

/** How a model is opened. */
export interface OpenModelOptions extends RepositoryOptions, HeadOptions, WeightsOptions {
  /** the configuration, where the source has no `config.json` or another one is wanted */
  config?: Dinov2Config | undefined;
  /** fields of the configuration that differ, or that can't be inferred where the source has none */
  fields?: Dinov2ConfigFields | undefined;
}

/** A checkpoint whose values are still outside, and the configuration it is to be read by. */
export interface OpenedModel {
  /** to be closed by the caller */
  readonly checkpoint: Checkpoint;
  readonly mapped: MappedCheckpoint;
  readonly config: Dinov2Config;
  /** whether the configuration was inferred from the tensors */
  readonly configInferred: boolean;
}

/**
 * Opens the checkpoint of a repository, and its head if that is elsewhere. Where there is no `config.json`,
 * `inferConfig` says what it would be.
 *
 * @throws SourceError, FormatError; OptionError if the configuration given is none; ConfigError, also if the configuration can't be inferred; nothing stays open then
 */
export async function openModel(repository: Repository, options: OpenModelOptions): Promise<OpenedModel> {
  const { fields = {}, head } = options;
  const given: unknown = options.config;
  if (given !== undefined && !(given instanceof Dinov2Config)) {
    throw new OptionError(
      `config: expected a Dinov2Config, got ${shown(given)}; of JSON, Dinov2Config.fromJSON makes one`,
    );
  }
  const known = options.config ?? (await readConfig(repository));
  let checkpoint = await openCheckpoint(repository, options.weightsKey);
  try {
    const joined = head === undefined ? undefined : await attachHead(checkpoint, head, options);
    checkpoint = joined ?? checkpoint;
    const mapped = mapCheckpoint(checkpoint, options);
    const own = known?.with(fields) ?? inferConfig(mapped.parameters, checkpoint.where, fields);
    const config = await withHead(own, joined, options);
    return { checkpoint, mapped, config, configInferred: known === undefined };
  } catch (error) {
    await checkpoint.close();
    throw error;
  }
}

/**
 * Reads the `config.json` of a repository.
 *
 * @returns undefined if there is none
 * @throws ConfigError if it can't be used; SourceError if it can't be had
 */
export async function readConfig(repository: Repository): Promise<Dinov2Config | undefined> {
  const file = await readJson(repository, 'config.json');
  return file && Dinov2Config.fromJSON(file.json, file.where);
}
