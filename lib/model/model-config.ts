/** What every family's configuration says: as much as models and tasks need to know. */
import type { JsonObject } from '../../options/json-object.ts';

/** A length in pixels for both axes, or [height, width]. */
export type ImageSize = number | readonly [number, number];

/** What a classifier's labels mean, and which loss they take. */
export type ProblemType = 'regression' | 'single_label_classification' | 'multi_label_classification';

/** A configuration of any family; the names are those of transformers in camel case. */
export interface ModelConfig {
  readonly modelType: string;
  /** D */
  readonly hiddenSize: number;
  /** L */
  readonly numHiddenLayers: number;
  /** A */
  readonly numAttentionHeads: number;
  /** K */
  readonly headDim: number;
  /** F, of the MLP or of each half of a gated one */
  readonly ffnHiddenSize: number;
  /** whether the feed-forward network is gated */
  readonly useSwigluFfn: boolean;
  /** C */
  readonly numChannels: number;
  readonly patchSize: ImageSize;
  /** the trained size */
  readonly imageSize: ImageSize;
  /** R */
  readonly numRegisterTokens: number;
  /** whether the model has a token for masked patches */
  readonly useMaskToken: boolean;
  readonly numLabels: number;
  readonly id2label: Readonly<Record<number, string>>;
  /** n, the layers whose CLS token a linear classifier reads */
  readonly numClassifierLayers: number;
  readonly problemType: ProblemType | undefined;
  /** standard deviation of the initial weights */
  readonly initializerRange: number;
  /** what layer scale starts at */
  readonly layerscaleValue: number;
  /** the default of the forward option */
  readonly outputHiddenStates: boolean;
  /** the default of the forward option */
  readonly outputAttentions: boolean;
  /** The same configuration with some fields changed; those that are undefined stay. */
  with(changes: object): this;
  /** The object in a `config.json` that gives this configuration. */
  toJSON(): JsonObject;
}

/** Two numbers, height and width, of a size. */
export function bothAxes(size: ImageSize): readonly [number, number] {
  return typeof size === 'number' ? [size, size] : size;
}
