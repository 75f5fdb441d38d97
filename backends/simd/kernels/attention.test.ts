/** Attention in sizes that divide by nothing, against plain loops in float64. */
import { removeBackend, type Tensor, type Tensor3D, type Tensor4D, tensor } from '@tensorflow/tfjs-core';
import { attention } from '../../../ops/attention.ts';
import { linear } from '../../../ops/linear.ts';
import { noise } from '../../../testing/noise.ts';
import { registerSimd } from '../register.ts';
import { attention64 } from '../testing/float64.ts';
import { caseOf, type MaskedAttention, withEveryMask } from '../testing/masked-attention.ts';
import { expectClose, expectNothingBeside, noiseTensor, resultsOn } from '../testing/on-both.ts';
import { packedWeight } from '../testing/packed-weight.ts';

const TOLERANCE = 2e-6;

describe('attention', () => {
  beforeAll(() => registerSimd({ threads: 2, relaxed: false }));
  afterAll(() => removeBackend('simd'));

  interface Heads {
    B: number;
    T: number;
    A: number;
    K: number;
  }

  async function attend({ qkv, B, T, A, K, scale, mask }: MaskedAttention): Promise<Float32Array> {
    const run = (): Tensor =>
      attention(tensor(qkv, [B, T, 3 * A * K]) as Tensor3D, {
        numHeads: A,
        scale,
        mask: mask && (tensor(mask.values, mask.shape) as Tensor4D),
      });
    const [result] = await resultsOn('simd', run);
    expect(result?.shape).toEqual([B, T, A * K]);
    return result?.values ?? new Float32Array(0);
  }

  async function expectAttention(given: MaskedAttention, tolerance = TOLERANCE): Promise<void> {
    expectClose(await attend(given), attention64(caseOf(given)), tolerance);
  }

  function noisyQkv({ B, T, A, K }: Heads): Float32Array {
    return noise(B * T * 3 * A * K);
  }

  // blocks are of 48 queries and 512 keys, panels of 8 keys and of 8 values
  const HEADS: Heads[] = [
    { B: 1, T: 1, A: 1, K: 1 },
    { B: 2, T: 3, A: 3, K: 3 },
    { B: 1, T: 8, A: 2, K: 4 },
    { B: 2, T: 9, A: 2, K: 5 },
    { B: 2, T: 49, A: 3, K: 8 },
    { B: 1, T: 100, A: 2, K: 12 },
    { B: 2, T: 101, A: 1, K: 30 },
    { B: 1, T: 513, A: 2, K: 9 },
    { B: 1, T: 1030, A: 1, K: 16 },
  ];

  test.each(HEADS)('$B image(s) of $T tokens, $A heads of $K', async (heads) => {
    const { K } = heads;
    const given = { ...heads, qkv: noisyQkv(heads), scale: 3 * K ** -0.5 };
    for (const each of withEveryMask(given)) await expectAttention(each);
  });

  test.each([
    ['rise', 1],
    ['fall', -1],
  ])('scores that %s from one block of keys to the next', async (_, sign) => {
    const [A, K, T] = [2, 8, 1100];
    const heads = { B: 1, T, A, K };
    const qkv = noisyQkv(heads).map((value, index) => {
      const part = Math.floor(index / (A * K)) % 3;
      const token = Math.floor(index / (3 * A * K));
      if (part === 0) return 1 + value / 4;
      return part === 1 ? value / 4 + (sign * 4 * token) / T : value;
    });
    await expectAttention({ ...heads, qkv, scale: K ** -0.5 });
  });

  test('scores far below zero', async () => {
    const heads = { B: 2, T: 75, A: 2, K: 6 };
    const qkv = noisyQkv(heads).map((value, index) => value + [5, -5, 0][Math.floor(index / 12) % 3]!);
    // a score of −150 has a last place of 1.5e-5, and its weight that relative error
    await expectAttention({ ...heads, qkv, scale: 1 }, 3e-5);
  });

  test.each([0, 3, 5, 8, 14, 15])('a score far above all others, at key %d', async (token) => {
    const heads = { B: 1, T: 16, A: 1, K: 4 };
    const qkv = noisyQkv(heads).map((value, index) => {
      const part = Math.floor(index / 4) % 3;
      if (part === 0) return 8 + value;
      return part === 1 && Math.floor(index / 12) === token ? 16 : value;
    });
    await expectAttention({ ...heads, qkv, scale: 1 });
  });

  test('nothing is written beside the result', async () => {
    const [B, T, A, K] = [2, 49, 3, 8];
    await expectNothingBeside(B * T * A * K, () => {
      const qkv = noiseTensor([B, T, 3 * A * K]) as Tensor3D;
      return () => attention(qkv, { numHeads: A, scale: 1 });
    });
    await expectNothingBeside(5 * 203, () => {
      const [x, weight] = [noiseTensor([5, 9]), packedWeight(203, 9, 'F32', [203])];
      return () => linear(x, weight);
    });
  });

  test('keys that are masked out', async () => {
    const heads = { B: 2, T: 75, A: 2, K: 6 };
    const values = Float32Array.from({ length: 150 }, (_, i) => (i % 5 === 0 || i % 75 > 60 ? -3.4e38 : 0));
    await expectAttention({
      ...heads,
      qkv: noisyQkv(heads),
      scale: 1,
      mask: { shape: [2, 1, 1, 75], values },
    });
  });

  test('more heads than are packed at once', async () => {
    const [B, A, K] = [16, 16, 8192];
    const qkv = noisyQkv({ B, T: 1, A, K });
    // one token attends to itself: its value is the result
    const values = new Float32Array(B * A * K);
    for (let b = 0; b < B; b++) {
      const first = (3 * b + 2) * A * K;
      values.set(qkv.subarray(first, first + A * K), b * A * K);
    }
    expectClose(await attend({ B, T: 1, A, K, qkv, scale: 1 }), values, TOLERANCE);
  });
});
