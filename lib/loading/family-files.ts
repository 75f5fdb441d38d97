/** What loading is told of a family of models: how they stand in files. */
import type { FamilyNames } from '../../weights/key-schemes/key-scheme.ts';
import type { MappedCheckpoint } from '../../weights/key-schemes/map-checkpoint.ts';
import type { PlainCheckpoint } from '../../weights/key-schemes/plain-checkpoint.ts';
import type { TensorShapes } from '../heads/head.ts';
import type { ModelConfig } from '../model/model-config.ts';

/** A configuration, and what had to be assumed for it, in sentences. */
export interface ResolvedConfig<Config extends ModelConfig = ModelConfig> {
  readonly config: Config;
  readonly warnings: readonly string[];
}

/** Where a configuration is from: a file of some system, the caller, or the tensors alone. */
export interface ConfigSource<Config extends ModelConfig = ModelConfig> {
  /** in words, such as `config.json` */
  readonly description: string;
  /** the classes that a `config.json` names, of which one with a head says whose the head is */
  readonly architectures: readonly string[];
  /** @throws ConfigError if it is of no model of this library, which is known before weights are opened */
  check?(): void;
  /** The tensors in the form that models have; no value is read. */
  view(plain: PlainCheckpoint): PlainCheckpoint;
  /**
   * @param tensors the weights by our names
   * @param where the checkpoint as the user named it
   * @param fields of the configuration that differ, or that can't be inferred
   * @throws ConfigError if the model can't be described
   */
  resolve(tensors: TensorShapes, where: string, fields: object): ResolvedConfig<Config>;
}

/** What a checkpoint and the layers of a class disagree in, by our names. */
export interface Disagreement {
  readonly missing: readonly string[];
  readonly misshapen: readonly string[];
  readonly unexpected: readonly string[];
}

/** How the models of a family stand in files. */
export interface FamilyFiles<Config extends ModelConfig = ModelConfig> {
  /** what `model_type` of a `config.json` may be */
  readonly modelTypes: readonly string[];
  /** the names of weights */
  readonly names: FamilyNames;
  /** fields of the configuration that options of `fromPretrained` may give */
  readonly chosenFields: readonly string[];
  /** every field that a configuration can be built from */
  readonly fieldNames: readonly string[];
  /** numbers of a `config.json` that are floats in Python */
  readonly floatFields: readonly string[];
  /** the class of configurations, for messages */
  readonly configName: string;
  /** Whether a value is a configuration of the family. */
  isConfig(value: unknown): value is Config;
  /** Whether a parsed `config.json` is of the family, of whichever system. */
  owns(json: unknown): boolean;
  /** Whether names of tensors are of the family, where no file says it. */
  recognises(names: Iterable<string>): boolean;
  /**
   * Reads a `config.json` of transformers.
   *
   * @throws ConfigError naming what can't be used
   */
  parse(json: unknown, where: string): Config;
  /**
   * Reads a `config.json` of whichever system.
   *
   * @throws ConfigError naming what can't be used
   */
  read(json: unknown, where: string): ConfigSource<Config>;
  /** A configuration of the family as a source. */
  given(config: Config): ConfigSource<Config>;
  /** What there is where no file stands beside the weights. */
  readonly inferred: ConfigSource<Config>;
  /** What to do about a disagreement, for its error message. */
  remedy(disagreement: Disagreement, mapped: MappedCheckpoint): string | undefined;
}
