/** From a classifier of features to a model that classifies images. */
import { type Rank, type ShapeMap, type Tensor, type Tensor2D, tensor } from '@tensorflow/tfjs-core';
import { OptionError, ShapeError } from '../../../errors/errors.ts';
import { shown } from '../../../errors/shown.ts';
import type { WeightReader } from '../../../layers/weight-reader.ts';
import { linearWeight } from '../../../ops/linear-weight.ts';
import { bool, type OptionsOf, positiveInteger, readOptions, value } from '../../../options/rows.ts';
import { elementCount } from '../../../shapes/element-count.ts';
import { LINEAR_HEAD } from '../../heads/linear/head.ts';
import { id2labelOf } from '../../labels/labels.ts';
import { Dinov2ForImageClassification } from './dinov2-for-image-classification.ts';
import type { Dinov2PreTrainedModel } from './dinov2-pretrained-model.ts';

/** A linear classifier of features: scores are W f + b. */
export interface LinearScores {
  /** [C, F] row-major; of two classes also [1, F], whose score is the second's */
  readonly weight: ArrayLike<number>;
  /** [C], or [1] */
  readonly bias: ArrayLike<number>;
  readonly numClasses: number;
  /** F: D of the CLS token, or what `blocks` and `averagePool` make of it */
  readonly dim: number;
}

/** What the features of a classifier are. */
export const CLASSIFIER_FEATURES_OPTIONS = {
  /** what the classes are called, in their order; default `LABEL_0`, … */
  labels: value<readonly string[]>({ accepts: Array.isArray, refusal: ': expected a list of labels' }),
  /** n, the last blocks whose CLS tokens after the final norm are the features, earliest first; default 1 */
  blocks: positiveInteger({ default: 1 }),
  /** whether the mean of the patches stands behind them; default whether the width is that of n + 1 vectors */
  averagePool: bool(),
};

/** What the features of a classifier are. */
export interface ClassifierFeaturesOptions extends OptionsOf<typeof CLASSIFIER_FEATURES_OPTIONS> {}

/**
 * Makes a classifier of features the head of a model: its logits are the classifier's scores, in float32.
 *
 * A head reads the mean of the patches too: where the features have none, its weights there are 0. The single row of two
 * classes becomes the second of two, the first being 0.
 *
 * @param model any class; stays its owner's. What is returned shares its weights' memory and has its own right to it: each is
 *   disposed of by itself, and training one may change the other
 * @returns owned by the caller
 * @throws ShapeError if the classifier's features are not the model's; ConfigError if there are not as many labels as classes;
 *   OptionError
 */
export async function classifierToModel(
  model: Dinov2PreTrainedModel,
  classifier: LinearScores,
  options: ClassifierFeaturesOptions = {},
): Promise<Dinov2ForImageClassification> {
  const where = 'classifierToModel';
  const { labels, blocks, averagePool } = readOptions(where, options, CLASSIFIER_FEATURES_OPTIONS);
  const { config, warnings, precision } = model;
  const { hiddenSize, numHiddenLayers } = config;
  const { dim, numClasses } = classifier;
  if (blocks > Math.max(1, numHiddenLayers))
    throw new OptionError(`${where}: blocks: expected at most ${numHiddenLayers}, got ${blocks}`);
  const widths = [blocks, blocks + 1].map((count) => count * hiddenSize);
  const expected = averagePool === undefined ? widths : [widths[Number(averagePool)]];
  if (!expected.includes(dim)) {
    throw new ShapeError(
      `${where}: expected features of ${expected.join(' or ')} values, as ${blocks} of the model's blocks give, got ${dim}; blocks and averagePool say what they are`,
    );
  }
  const head = new Map([
    [`${LINEAR_HEAD.scope}.weight`, headWeight(classifier, (blocks + 1) * hiddenSize)],
    [`${LINEAR_HEAD.scope}.bias`, lastRows(classifier.bias, numClasses, 1)],
  ]);
  const reader = new SharedWeights(model.parameters, head);
  const named =
    labels === undefined ? { numLabels: numClasses } : { id2label: id2labelOf(labels, numClasses, where) };
  const headed = config.with({
    ...named,
    numClassifierLayers: blocks,
    problemType: 'single_label_classification',
  });
  const layers = await Dinov2ForImageClassification.load(reader, headed);
  const { parameters } = reader;
  return Dinov2ForImageClassification.create({ config: headed, layers, parameters, warnings, precision });
}

/** [C, width], with zeros behind what the classifier reads. */
function headWeight({ weight, numClasses, dim }: LinearScores, width: number): Float32Array {
  const rows = lastRows(weight, numClasses, dim);
  if (dim === width) return rows;
  const values = new Float32Array(numClasses * width);
  for (let row = 0; row < numClasses; row++)
    values.set(rows.subarray(row * dim, (row + 1) * dim), row * width);
  return values;
}

/** Rows as float32, with zeros for the first where a classifier of two has the last alone. */
function lastRows(given: ArrayLike<number>, rows: number, columns: number): Float32Array {
  const values = new Float32Array(rows * columns);
  const first = rows === 2 && given.length === columns ? columns : 0;
  if (given.length !== values.length - first) {
    throw new ShapeError(
      `classifierToModel: expected ${rows} × ${columns} values of the classifier, got ${shown(given.length)}`,
    );
  }
  values.set(Array.from(given), first);
  return values;
}

/** Reads the weights of a model again, each a tensor of its own over the same memory, and those of a head. */
class SharedWeights implements WeightReader {
  readonly parameters: Map<string, Tensor>;
  private readonly shared: ReadonlyMap<string, Tensor>;
  private readonly made: ReadonlyMap<string, Float32Array>;
  private readonly prefix: string;

  constructor(
    shared: ReadonlyMap<string, Tensor>,
    made: ReadonlyMap<string, Float32Array>,
    prefix = '',
    parameters = new Map<string, Tensor>(),
  ) {
    this.shared = shared;
    this.made = made;
    this.prefix = prefix;
    this.parameters = parameters;
  }

  scope(prefix: string): SharedWeights {
    return new SharedWeights(this.shared, this.made, `${this.prefix}${prefix}.`, this.parameters);
  }

  async read<R extends Rank>(name: string, shape: ShapeMap[R]): Promise<Tensor<R>> {
    const values = this.made.get(this.prefix + name);
    return this.keep(name, values ? tensor<R>(values, shape) : this.clone<Tensor<R>>(name));
  }

  async readLinear(name: string, [rows, ...rest]: readonly [number, ...number[]]): Promise<Tensor2D> {
    const values = this.made.get(this.prefix + name);
    if (values === undefined) return this.keep(name, this.clone<Tensor2D>(name));
    const part = { bytes: new Uint8Array(values.buffer), dtype: 'F32', rows } as const;
    return this.keep(name, linearWeight([part], [rows, elementCount(rest)]));
  }

  private clone<T extends Tensor>(name: string): T {
    const found = this.shared.get(this.prefix + name);
    if (found === undefined) throw new Error(`internal: a model without ${this.prefix}${name}`);
    return found.clone() as T;
  }

  private keep<T extends Tensor>(name: string, made: T): T {
    this.parameters.set(this.prefix + name, made);
    return made;
  }
}
