/** What a class of models is to loading, to references and to lists. */
import type { WeightReader } from '../../layers/weight-reader.ts';
import type { Head } from '../heads/head.ts';
import type { ModelConfig } from '../model/model-config.ts';
import type { ModelParts, PreTrainedModel } from '../model/pretrained-model.ts';
import type { FamilyFiles } from './family-files.ts';

/** The static side of a class; its methods have the class's own types of configuration and layers. */
export interface ModelClass<Model extends PreTrainedModel = PreTrainedModel> {
  /** its name, and those that transformers' classes of the family's other model types have, in the order of these */
  readonly architectures: readonly [string, ...string[]];
  /** which of the automatic classes gives it, by the ending of their names */
  readonly kind: string;
  readonly files: FamilyFiles;
  /** what stands on the backbone; a class without one leaves the weights of heads out */
  readonly head?: Head | undefined;
  /** its own outputs by name; of a series, what stands before the point */
  readonly outputs: readonly string[];
  /** Builds the layers from a reader of weights, which may be one that only notes what is asked for. */
  load(weights: WeightReader, config: ModelConfig): Promise<unknown>;
  /** Makes a model of layers; it owns the parameters. */
  create(parts: ModelParts<ModelConfig, unknown>): Model;
}
