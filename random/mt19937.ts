/** The Mersenne Twister with words of 32 bits, the engine of torch's generator on a CPU. */

const SIZE = 624;
const SHIFT = 397;

/**
 * MT19937.
 *
 * Source: Matsumoto and Nishimura, "Mersenne Twister", 1998, with the initialisation of 2002.
 */
export class Mt19937 {
  /** [624] */
  readonly words: Uint32Array;
  /** how many of `words` have been given; 624 where the next one makes new ones */
  position: number;

  private constructor(words: Uint32Array, position: number) {
    this.words = words;
    this.position = position;
  }

  /** @param seed of which the lower 32 bits count */
  static ofSeed(seed: number): Mt19937 {
    const words = new Uint32Array(SIZE);
    let last = seed >>> 0;
    words[0] = last;
    for (let i = 1; i < SIZE; i++) {
      last = (Math.imul(1812433253, last ^ (last >>> 30)) + i) >>> 0;
      words[i] = last;
    }
    return new Mt19937(words, SIZE);
  }

  /** An engine that goes on where another one stood. */
  static ofState(words: ArrayLike<number>, position: number): Mt19937 {
    return new Mt19937(Uint32Array.from(words), position);
  }

  /** The next 32 bits, unsigned. */
  next(): number {
    if (this.position === SIZE) this.renew();
    let word = this.words[this.position++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  private renew(): void {
    const { words } = this;
    for (let i = 0; i < SIZE; i++) {
      const mixed = (words[i]! & 0x80000000) | (words[(i + 1) % SIZE]! & 0x7fffffff);
      words[i] = words[(i + SHIFT) % SIZE]! ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    this.position = 0;
  }
}
