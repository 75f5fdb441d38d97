/** From a source to its weights by name and its configuration, before a value is read. */
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { readJson } from '../../sources/read-json.ts';
import type { Repository, RepositoryOptions } from '../../sources/repository.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import { type MappedCheckpoint, mapCheckpoint } from '../../weights/key-schemes/map-checkpoint.ts';
import { plainCheckpoint } from '../../weights/key-schemes/plain-checkpoint.ts';
import { openCheckpoint } from '../../weights/open-checkpoint.ts';
import type { WeightsOptions } from '../../weights/weights-options.ts';
import type { Head } from '../heads/head.ts';
import type { ModelConfig } from '../model/model-config.ts';
import { attachHead, type HeadOptions, withHead } from './attach-head.ts';
import type { ConfigSource, FamilyFiles, ResolvedConfig } from './family-files.ts';
import { weightsNotes } from './weights-notes.ts';

/** How a model is opened. */
export interface OpenModelOptions extends RepositoryOptions, HeadOptions, WeightsOptions {
  /** the configuration, where the source has no `config.json` or another one is wanted */
  config?: ModelConfig | undefined;
  /** fields of the configuration that differ, or that can't be inferred where the source has none */
  fields?: object | undefined;
}

/** A checkpoint whose values are still outside, to be closed by the caller, and the configuration it is to be read by. */
export interface OpenedModel<Config extends ModelConfig = ModelConfig> extends ResolvedConfig<Config> {
  readonly family: FamilyFiles<Config>;
  readonly mapped: MappedCheckpoint;
  /** the classes that its `config.json` names */
  readonly architectures: readonly string[];
  /** whether the configuration was inferred from the tensors */
  readonly configInferred: boolean;
}

/** Of which family a model is, and where its configuration is from. */
export interface FoundSource<Config extends ModelConfig> {
  readonly family: FamilyFiles<Config>;
  readonly source: ConfigSource<Config>;
}

/**
 * Opens the checkpoint of a repository, and its head if that is elsewhere: its files say the family, the family the names of
 * weights, and both together the configuration, which is inferred where there is no `config.json`.
 *
 * @param families those that the model may be of
 * @param headFor the head of the class that is wanted, of the family that is found; undefined where no class is
 * @throws SourceError, FormatError; OptionError if the configuration given is none; ConfigError, also if the configuration can't be inferred; nothing stays open then
 */
export async function openModel<Config extends ModelConfig>(
  repository: Repository,
  options: OpenModelOptions,
  families: readonly FamilyFiles<Config>[],
  headFor: (family: FamilyFiles) => Head | undefined = () => undefined,
): Promise<OpenedModel<Config>> {
  const known =
    options.config === undefined
      ? await readConfig(repository, families)
      : givenConfig(options.config, families);
  known?.source.check?.();
  let checkpoint = await openCheckpoint(repository, options.weightsKey);
  try {
    const { family, source } = known ?? unknownSource(checkpoint, families);
    const own = mapWeights(checkpoint, family, source, options);
    const joined =
      options.head === undefined ? undefined : await attachHead(own, options.head, options, headFor(family));
    const mapped = joined?.mapped ?? own;
    checkpoint = mapped.checkpoint;
    const found = source.resolve(mapped.parameters, checkpoint.where, options.fields ?? {});
    const config = await withHead(found.config, joined, options);
    const warnings = [...found.warnings, ...weightsNotes(mapped)];
    const { architectures } = source;
    return { family, mapped, config, warnings, architectures, configInferred: known === undefined };
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
export async function readConfig<Config extends ModelConfig>(
  repository: Repository,
  families: readonly FamilyFiles<Config>[],
): Promise<FoundSource<Config> | undefined> {
  const file = await readJson(repository, 'config.json');
  if (file === undefined) return undefined;
  const family = familyFor(families, ({ owns }) => owns(file.json));
  return { family, source: family.read(file.json, file.where) };
}

/** The family whose names a checkpoint has, and that its tensors are all there is. */
export function unknownSource<Config extends ModelConfig>(
  { tensors }: Checkpoint,
  families: readonly FamilyFiles<Config>[],
): FoundSource<Config> {
  const family = familyFor(families, ({ recognises }) => recognises(tensors.keys()));
  return { family, source: family.inferred };
}

/**
 * Finds the weights of a model among the tensors of its checkpoint.
 *
 * @throws FormatError if it is of no such model; OptionError
 */
export function mapWeights(
  checkpoint: Checkpoint,
  { names }: FamilyFiles,
  source: ConfigSource,
  options: WeightsOptions = {},
): MappedCheckpoint {
  return mapCheckpoint(source.view(plainCheckpoint(checkpoint, names, options.prefix)), options);
}

function givenConfig<Config extends ModelConfig>(
  config: ModelConfig,
  families: readonly FamilyFiles<Config>[],
): FoundSource<Config> {
  const family = familyFor(families, ({ isConfig }) => isConfig(config));
  if (family.isConfig(config)) return { family, source: family.given(config) };
  const { configName } = family;
  throw new OptionError(
    `config: expected a ${configName}, got ${shown(config)}; of JSON, ${configName}.fromJSON makes one`,
  );
}

/** The family that fits, or the first, which says what it expected. */
function familyFor<Config extends ModelConfig>(
  families: readonly FamilyFiles<Config>[],
  fits: (family: FamilyFiles<Config>) => boolean,
): FamilyFiles<Config> {
  const [first] = families;
  if (first === undefined) throw new Error('internal: no families');
  return families.find(fits) ?? first;
}
