/** torch's random numbers on a CPU, from the same seeds. */
import { OptionError } from '../errors/errors.ts';
import { shown } from '../errors/shown.ts';
import { fillNormal } from './fill-normal.ts';
import { Mt19937 } from './mt19937.ts';

/** Where a generator stands, as JSON can have it. */
export interface TorchGeneratorState {
  /** 624 words of 32 bits */
  readonly words: readonly number[];
  /** how many of them have been given */
  readonly position: number;
  /** the second number of the last pair of normal ones, which comes next; null if there is none */
  readonly spareNormal: number | null;
}

const WORDS = 624;
const f32 = Math.fround;
/** From here on torch takes 64 bits for an integer below a bound, so that none is likelier by more than 5 %. */
const WIDE_BOUND = 2 ** 28;
/** The same for permutations. */
const LONG_PERMUTATION = Math.trunc((2 ** 32 - 1) / 20);
/** Fewer normal numbers than these torch draws one by one, in float64. */
const NORMALS_AT_ONCE = 16;

/**
 * The generator of `torch.manual_seed(seed)` and `torch.Generator('cpu')`: the same calls in the same order give the same
 * numbers, and leave the same state.
 *
 * Source: PyTorch 2.15, `ATen/core/DistributionsHelper.h`, `ATen/native/cpu/DistributionTemplates.h`, `ATen/native/TensorFactories.cpp`.
 */
export class TorchGenerator {
  private engine: Mt19937;
  private spareNormal: number | null = null;

  /**
   * @param seed any integer; the engine takes its lower 32 bits, as torch's does
   * @throws OptionError if it is none
   */
  constructor(seed: number | bigint) {
    if (typeof seed !== 'bigint' && !Number.isSafeInteger(seed)) {
      throw new OptionError(`TorchGenerator: expected a seed that is an integer, got ${shown(seed)}`);
    }
    this.engine = Mt19937.ofSeed(Number(BigInt.asUintN(32, BigInt(seed))));
  }

  /**
   * A generator that goes on where another one stood.
   *
   * @throws OptionError if this is no state of a generator
   */
  static fromState(state: TorchGeneratorState): TorchGenerator {
    const { words, position, spareNormal } = state;
    const isWord = (word: unknown): boolean => Number.isInteger(word) && Number(word) >>> 0 === word;
    const isPlace = Number.isInteger(position) && position >= 0 && position <= WORDS;
    const isSpare = spareNormal === null || Number.isFinite(spareNormal);
    if (!(Array.isArray(words) && words.length === WORDS && words.every(isWord) && isPlace && isSpare)) {
      throw new OptionError(
        `TorchGenerator: expected a state of ${WORDS} words of 32 bits, a position among them and a spare normal number or null, got ${shown(state)}`,
      );
    }
    const generator = new TorchGenerator(0);
    generator.engine = Mt19937.ofState(words, position);
    generator.spareNormal = spareNormal;
    return generator;
  }

  /** Where it stands, for `fromState`. */
  get state(): TorchGeneratorState {
    return {
      words: Array.from(this.engine.words),
      position: this.engine.position,
      spareNormal: this.spareNormal,
    };
  }

  /** The next 32 bits, unsigned. */
  word(): number {
    return this.engine.next();
  }

  /** The next 64 bits, unsigned. */
  word64(): bigint {
    const high = this.engine.next();
    return (BigInt(high) << 32n) | BigInt(this.engine.next());
  }

  /** `torch.rand(())`: a float32 in [0, 1). */
  rand(): number {
    return (this.engine.next() & 0xffffff) * 2 ** -24;
  }

  /** `torch.empty(1).uniform_(from, to)`: a float32 in [from, to). */
  uniform(from: number, to: number): number {
    return f32(this.rand() * f32(f32(to) - f32(from)) + f32(from));
  }

  /** `torch.rand((), dtype=torch.float64)`: in [0, 1). */
  rand64(): number {
    const high = this.engine.next();
    return ((high & 0x1fffff) * 2 ** 32 + this.engine.next()) * 2 ** -53;
  }

  /** `torch.empty((), dtype=torch.int64).random_()`: what torch's samplers take as the seed of an epoch. */
  seed(): bigint {
    return BigInt.asUintN(63, this.word64());
  }

  /**
   * `torch.randint(bound, ())`: an integer in [0, bound).
   *
   * @throws OptionError if the bound is no positive integer
   */
  randint(bound: number): number {
    requireCount('randint', bound, 1);
    return bound < WIDE_BOUND ? this.engine.next() % bound : Number(this.word64() % BigInt(bound));
  }

  /**
   * `torch.randperm(count)`: the integers in [0, count), in random order.
   *
   * @throws OptionError if the count is no integer of at least 0
   */
  randperm(count: number): Int32Array {
    requireCount('randperm', count, 0);
    const order = Int32Array.from({ length: count }, (_, i) => i);
    for (let i = 0; i < count - 1; i++) {
      const left = count - i;
      const other =
        i + (count < LONG_PERMUTATION ? this.engine.next() % left : Number(this.word64() % BigInt(left)));
      const value = order[i]!;
      order[i] = order[other]!;
      order[other] = value;
    }
    return order;
  }

  /**
   * `torch.empty(count).normal_(mean, deviation)`: float32.
   *
   * Below 16 numbers they are torch's. From 16 on torch computes in float32 by what the processor has, and two
   * processors differ in the last places; these are computed in float64 and lie within them.
   *
   * @returns [count]
   */
  normal(count: number, mean = 0, deviation = 1): Float32Array {
    requireCount('normal', count, 0);
    if (count >= NORMALS_AT_ONCE) return fillNormal(count, mean, deviation, () => this.rand());
    return Float32Array.from({ length: count }, () => this.nextNormal() * deviation + mean);
  }

  /** One of a pair, by Box and Muller. */
  private nextNormal(): number {
    const spare = this.spareNormal;
    if (spare !== null) {
      this.spareNormal = null;
      return spare;
    }
    const angle = 2 * Math.PI * this.rand64();
    const radius = Math.sqrt(-2 * Math.log1p(-this.rand64()));
    this.spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

function requireCount(name: string, count: number, least: number): void {
  if (!(Number.isSafeInteger(count) && count >= least)) {
    throw new OptionError(`${name}: expected an integer of at least ${least}, got ${shown(count)}`);
  }
}
