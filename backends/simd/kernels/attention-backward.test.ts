/** The gradient of attention in sizes that divide by nothing, against plain loops in float64. */
import { removeBackend, type Tensor, type Tensor3D, type Tensor4D, tensor } from '@tensorflow/tfjs-core';
import { ATTENTION_BACKWARD } from '../../../ops/backward/attention-backward.ts';
import { backwardOp } from '../../../ops/backward/backward-op.ts';
import { relativeDifference } from '../../../testing/close.ts';
import { noise } from '../../../testing/noise.ts';
import { setDevice } from '../../devices.ts';
import { registerSimd } from '../register.ts';
import { attentionBackward64 } from '../testing/backward64.ts';
import { attention64 } from '../testing/float64.ts';
import { caseOf, type MaskedAttention, withEveryMask } from '../testing/masked-attention.ts';
import { expectNothingBeside, noiseTensor, resultsOn } from '../testing/on-both.ts';

/** Of the largest gradient. */
const TOLERANCE = 1e-6;

beforeAll(() => registerSimd({ threads: 2, relaxed: false }));
afterAll(() => removeBackend('simd'));

async function gradientOf(given: MaskedAttention, dy: Float32Array): Promise<Float32Array> {
  const { qkv, B, T, A, K, scale, mask } = given;
  const output = Float32Array.from(attention64(caseOf(given)));
  const run = (): Tensor[] => {
    const inputs = {
      qkv: tensor(qkv, [B, T, 3 * A * K]) as Tensor3D,
      mask: mask && (tensor(mask.values, mask.shape) as Tensor4D),
      output: tensor(output, [B, T, A * K]) as Tensor3D,
      dy: tensor(dy, [B, T, A * K]) as Tensor3D,
    };
    return backwardOp(ATTENTION_BACKWARD, inputs, { numHeads: A, scale });
  };
  const [result] = await resultsOn('simd', run);
  expect(result?.shape).toEqual([B, T, 3 * A * K]);
  return result?.values ?? new Float32Array(0);
}

async function expectGradient(given: MaskedAttention, tolerance = TOLERANCE): Promise<void> {
  const dy = noise(given.qkv.length / 3, 5);
  const expected = attentionBackward64(caseOf(given), dy);
  expect(relativeDifference(await gradientOf(given, dy), expected)).toBeLessThan(tolerance);
}

// blocks are of up to 64 queries and 64 keys, panels of 8
test.each([
  { B: 1, T: 2, A: 1, K: 1 },
  { B: 2, T: 3, A: 3, K: 3 },
  { B: 1, T: 8, A: 2, K: 4 },
  { B: 2, T: 9, A: 2, K: 5 },
  { B: 2, T: 63, A: 3, K: 8 },
  { B: 1, T: 65, A: 2, K: 12 },
  { B: 2, T: 101, A: 1, K: 30 },
  { B: 1, T: 257, A: 2, K: 9 },
  { B: 1, T: 330, A: 1, K: 16 },
])('$B image(s) of $T tokens, $A heads of $K', async (heads) => {
  const { B, T, A, K } = heads;
  const given = { ...heads, qkv: noise(B * T * 3 * A * K), scale: 3 * K ** -0.5 };
  for (const each of withEveryMask(given)) await expectGradient(each);
});

test('one token, whose weight is always 1', async () => {
  const [B, A, K] = [2, 3, 5];
  const dy = noise(B * A * K, 5);
  const gradient = await gradientOf({ B, T: 1, A, K, qkv: noise(B * 3 * A * K), scale: 1 }, dy);
  for (let b = 0; b < B; b++) {
    const [queriesAndKeys, values] = [2 * A * K, 3 * A * K].map((end, i) =>
      gradient.slice((3 * b + 2 * i) * A * K, 3 * b * A * K + end),
    );
    // what is left of dP − Σ dy·output is a rounding error
    expect(Math.max(...queriesAndKeys!.map(Math.abs))).toBeLessThan(1e-6);
    expect(values).toEqual(dy.slice(b * A * K, (b + 1) * A * K));
  }
});

test('keys that are masked out get no gradient', async () => {
  const [B, T, A, K] = [2, 75, 2, 6];
  const isOut = (token: number): boolean => token % 5 === 0 || token > 60;
  const values = Float32Array.from({ length: B * T }, (_, i) => (isOut(i % T) ? -3.4e38 : 0));
  const given: MaskedAttention = {
    B,
    T,
    A,
    K,
    qkv: noise(B * T * 3 * A * K),
    scale: 1,
    mask: { shape: [B, 1, 1, T], values },
  };
  await expectGradient(given);
  const gradient = await gradientOf(given, noise(B * T * A * K, 5));
  const masked = gradient.filter(
    (_, i) => i % (3 * A * K) >= A * K && isOut(Math.floor(i / (3 * A * K)) % T),
  );
  expect(Math.max(...masked.map(Math.abs))).toBeLessThan(1e-25);
});

test('scores far from zero', async () => {
  const [B, T, A, K] = [1, 75, 2, 6];
  const qkv = noise(B * T * 3 * A * K).map((value, i) => value + [5, -5, 0][Math.floor(i / 12) % 3]!);
  // a score of −150 has a last place of 1.5e-5, and its weight that relative error
  await expectGradient({ B, T, A, K, qkv, scale: 1 }, 3e-5);
});

test('the loops in float64 agree with differences of the result', () => {
  const heads = { B: 1, T: 5, A: 2, K: 3, scale: 0.7 };
  const mask = (_: number, query: number, key: number): number => ((query + 2 * key) % 5) / 3;
  const qkv = noise(5 * 18);
  const dy = noise(5 * 6, 5);
  const gradient = attentionBackward64({ ...heads, mask, qkv }, dy);
  const loss = (changed: Float32Array): number =>
    attention64({ ...heads, mask, qkv: changed }).reduce((sum, value, i) => sum + value * dy[i]!, 0);
  for (const i of qkv.keys()) {
    const [up, down] = [1, -1].map((sign) => qkv.map((value, j) => (i === j ? value + sign / 256 : value)));
    expect((loss(up!) - loss(down!)) * 128).toBeCloseTo(gradient[i]!, 4);
  }
});

test('the same bits on any number of threads', async () => {
  const heads = { B: 3, T: 130, A: 3, K: 9 };
  const given = { ...heads, qkv: noise(3 * 130 * 81), scale: 1 };
  const dy = noise(3 * 130 * 27, 5);
  const expected = await gradientOf(given, dy);
  for (const threads of [1, 3, 5]) {
    await setDevice('simd', { threads });
    const gradient = await gradientOf(given, dy);
    // toEqual of so many values takes seconds
    expect(gradient.length === expected.length && gradient.every((value, i) => value === expected[i])).toBe(
      true,
    );
  }
  await setDevice('simd', { threads: 2 });
});

test('nothing is written beside the result', async () => {
  for (const [B, T, A, K] of [
    [2, 49, 3, 5],
    [1, 67, 1, 3],
  ] as const) {
    await expectNothingBeside(B * T * 3 * A * K, () => {
      const qkv = noiseTensor([B, T, 3 * A * K]) as Tensor3D;
      const [output, dy] = [2, 3].map((seed) => noiseTensor([B, T, A * K], seed) as Tensor3D);
      return () =>
        backwardOp(ATTENTION_BACKWARD, { qkv, output: output!, dy: dy! }, { numHeads: A, scale: 1 })[0]!;
    });
  }
});
