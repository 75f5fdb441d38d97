/** Weights of a model that has no checkpoint: the initialisation of transformers, from a seed. */
import { type Rank, type ShapeMap, type Tensor, type Tensor2D, tensor } from '@tensorflow/tfjs-core';
import type { Initialisation, WeightReader } from '../../layers/weight-reader.ts';
import { linearWeight } from '../../ops/linear-weight.ts';
import { elementCount } from '../../shapes/element-count.ts';

/** A 32-bit hash of a name (FNV-1a), so that a tensor's values don't depend on which tensors came before it. */
function hashName(name: string): number {
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

function initialValues(size: number, initial: Initialisation, seed: number): Float32Array {
  if (initial.kind === 'constant') return new Float32Array(size).fill(initial.value);
  const uniform = uniformGenerator(seed);
  const values = new Float32Array(size);
  let filled = 0;
  while (filled < size) {
    // Box and Muller: two independent normal numbers from two uniform ones
    const radius = initial.standardDeviation * Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    for (const value of [radius * Math.cos(angle), radius * Math.sin(angle)]) {
      if (filled < size && Math.abs(value) <= CUT) values[filled++] = value;
    }
  }
  return values;
}

/** A reader that makes every weight it is asked for; the same seed gives the same weights on every machine. */
export class RandomWeights implements WeightReader {
  /** every tensor made so far, by its full name */
  readonly parameters: Map<string, Tensor>;
  private readonly seed: number;
  private readonly prefix: string;

  /** @param seed any integer */
  constructor(seed: number, prefix = '', parameters = new Map<string, Tensor>()) {
    this.seed = seed;
    this.prefix = prefix;
    this.parameters = parameters;
  }

  scope(prefix: string): RandomWeights {
    return new RandomWeights(this.seed, `${this.prefix}${prefix}.`, this.parameters);
  }

  async read<R extends Rank>(name: string, shape: ShapeMap[R], initial: Initialisation): Promise<Tensor<R>> {
    const made = tensor<R>(this.values(name, shape, initial), shape, 'float32');
    this.parameters.set(this.prefix + name, made);
    return made;
  }

  async readLinear(name: string, shape: readonly number[], initial: Initialisation): Promise<Tensor2D> {
    const [rows = 0, ...rest] = shape;
    const values = this.values(name, shape, initial);
    const made = linearWeight(
      [{ bytes: new Uint8Array(values.buffer), dtype: 'F32', rows }],
      [rows, elementCount(rest)],
      () => values,
    );
    this.parameters.set(this.prefix + name, made);
    return made;
  }

  private values(name: string, shape: readonly number[], initial: Initialisation): Float32Array {
    return initialValues(elementCount(shape), initial, hashName(this.prefix + name) ^ this.seed);
  }
}
