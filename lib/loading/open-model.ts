/** From a source to its checkpoint and configuration, before a value is read. */
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import type { Repository, RepositoryOptions } from '../../sources/repository.ts';
import { openCheckpoint } from '../../weights/open-checkpoint.ts';
import type { WeightsOptions } from '../../weights/weights-options.ts';
import { Dinov2Config } from '../families/dinov2/configuration/dinov2-config.ts';
import type { Dinov2ConfigFields } from '../families/dinov2/configuration/dinov2-config-fields.ts';
import { attachHead, type HeadOptions, withHead } from './attach-head.ts';
import { type ResolvedModel, readConfig, resolveModel } from './resolve-model.ts';

/** How a model is opened. */
export interface OpenModelOptions extends RepositoryOptions, HeadOptions, WeightsOptions {
  /** the configuration, where the source has no `config.json` or another one is wanted */
  config?: Dinov2Config | undefined;
  /** fields of the configuration that differ, or that can't be inferred where the source has none */
  fields?: Dinov2ConfigFields | undefined;
}

/** A checkpoint whose values are still outside, to be closed by the caller, and the configuration it is to be read by. */
export interface OpenedModel extends ResolvedModel {
  /** whether the configuration was inferred from the tensors */
  readonly configInferred: boolean;
}

/**
 * Opens the checkpoint of a repository, and its head if that is elsewhere. Where there is no `config.json`, the
 * configuration is inferred.
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
    const resolved = resolveModel(checkpoint, known, fields, options);
    const config = await withHead(resolved.config, joined, options);
    return { ...resolved, config, configInferred: known === undefined };
  } catch (error) {
    await checkpoint.close();
    throw error;
  }
}
