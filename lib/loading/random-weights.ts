/** Weights of a model that has no checkpoint: the initialisation of transformers, from a seed. */
import { type Rank, type ShapeMap, type Tensor, type Tensor2D, tensor } from '@tensorflow/tfjs-core';
import type { WeightReader } from '../../layers/weight-reader.ts';
import { linearWeight } from '../../ops/linear-weight.ts';
import type { Precision } from '../../ops/precision.ts';
import { elementCount } from '../../shapes/element-count.ts';
import type { ModelConfig } from '../model/model-config.ts';
import { precisionOf } from './precision.ts';

/** What a configuration says of how its weights start. */
type InitialisationConfig = Pick<ModelConfig, 'initializerRange' | 'layerscaleValue'>;

/**
 * How a weight starts, by its name: at a constant, or normally distributed with the configuration's deviation.
 *
 * Source: transformers 5.23.0, `Dinov2WithRegistersPreTrainedModel._init_weights`, and for norms `nn.LayerNorm`.
 */
const RULES: readonly [
  name: RegExp,
  start: number | 'normal' | ((config: InitialisationConfig) => number),
][] = [
  [/\bbias$/, 0],
  [/\bnorm[12]?\.weight$/, 1],
  [/\bgamma$/, (config) => config.layerscaleValue],
  [/^(mask_token|register_tokens)$/, 0],
  [/^(cls_token|pos_embed)$|\bweight$/, 'normal'],
];

/** A 32-bit hash of a name (FNV-1a), so that a tensor's values don't depend on which tensors came before it. */
export function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** A generator of uniform numbers in [0, 1) (Mulberry32). */
function uniformGenerator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** The absolute value at which `trunc_normal_` cuts by default. */
const CUT = 2;

/** A normal distribution around 0, cut at ±2, as `torch.nn.init.trunc_normal_` does. */
function truncatedNormal(size: number, standardDeviation: number, seed: number): Float32Array {
  const uniform = uniformGenerator(seed);
  const values = new Float32Array(size);
  let filled = 0;
  while (filled < size) {
    // Box and Muller: two independent normal numbers from two uniform ones
    const radius = standardDeviation * Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    for (const value of [radius * Math.cos(angle), radius * Math.sin(angle)]) {
      if (filled < size && Math.abs(value) <= CUT) values[filled++] = value;
    }
  }
  return values;
}

/**
 * The values that a weight starts with.
 *
 * @param name our full name
 * @returns row-major, in a buffer of their own
 */
export function startingValues(
  name: string,
  shape: readonly number[],
  config: InitialisationConfig,
  seed: number,
): Float32Array {
  const size = elementCount(shape);
  const start = RULES.find(([pattern]) => pattern.test(name))?.[1];
  if (start === undefined) throw new Error(`internal: no rule says how ${name} starts`);
  if (start === 'normal') return truncatedNormal(size, config.initializerRange, hashName(name) ^ seed);
  return new Float32Array(size).fill(typeof start === 'number' ? start : start(config));
}

/** A reader that makes every weight it is asked for; the same seed gives the same weights on every machine. */
export class RandomWeights implements WeightReader {
  /** every tensor made so far, by its full name */
  readonly parameters: Map<string, Tensor>;
  private readonly config: InitialisationConfig;
  private readonly seed: number;
  private readonly precision: Precision;
  private readonly prefix: string;

  /**
   * @param seed any integer
   * @param precision of the weights that `precisionOf` says
   */
  constructor(
    config: InitialisationConfig,
    seed = 0,
    precision: Precision = 'f32',
    prefix = '',
    parameters = new Map<string, Tensor>(),
  ) {
    this.config = config;
    this.seed = seed;
    this.precision = precision;
    this.prefix = prefix;
    this.parameters = parameters;
  }

  scope(prefix: string): RandomWeights {
    const full = `${this.prefix}${prefix}.`;
    return new RandomWeights(this.config, this.seed, this.precision, full, this.parameters);
  }

  async read<R extends Rank>(name: string, shape: ShapeMap[R]): Promise<Tensor<R>> {
    const made = tensor<R>(this.values(name, shape), shape, 'float32');
    this.parameters.set(this.prefix + name, made);
    return made;
  }

  async readLinear(name: string, shape: readonly [number, ...number[]]): Promise<Tensor2D> {
    const [rows, ...rest] = shape;
    const values = this.values(name, shape);
    const full = this.prefix + name;
    const made = linearWeight(
      [{ bytes: new Uint8Array(values.buffer), dtype: 'F32', rows }],
      [rows, elementCount(rest)],
      precisionOf(full, this.precision),
    );
    this.parameters.set(full, made);
    return made;
  }

  private values(name: string, shape: readonly number[]): Float32Array {
    return startingValues(this.prefix + name, shape, this.config, this.seed);
  }
}
