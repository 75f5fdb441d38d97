/** Products and attention in sizes that divide by nothing, against plain loops or TF.js's own kernels. */
import {
  _FusedMatMul,
  backend,
  dispose,
  engine,
  matMul,
  neg,
  relu,
  removeBackend,
  reshape,
  setBackend,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor,
} from '@tensorflow/tfjs-core';
import { attention } from '../../../ops/attention.ts';
import { geluComposition } from '../../../ops/gelu.ts';
import { linear, type Residual } from '../../../ops/linear.ts';
import { linearWeight, type WeightDtype } from '../../../ops/linear-weight.ts';
import { widen } from '../../../weights/widen.ts';
import { registerSimd, type SimdOptions } from '../register.ts';
import { SimdBackend } from '../simd-backend.ts';
import { attention64, linear64 } from '../testing/float64.ts';
import {
  expectClose,
  expectNothingBeside,
  expectSame,
  noise,
  noiseTensor,
  resultsOn,
} from '../testing/on-both.ts';

const TOLERANCE = 2e-6;

/** Values of a format as a checkpoint has them: both signs, up to about 1, and one in seven subnormal where 16 bits. */
function weightBytes(size: number, dtype: WeightDtype): Uint8Array {
  if (dtype === 'F32') return new Uint8Array(noise(size, 3).buffer);
  const highest = dtype === 'F16' ? 0x3bff : 0x3f7f;
  const subnormal = dtype === 'F16' ? 0x400 : 0x80;
  const bits = Uint16Array.from(noise(size, 3), (value, i) => {
    const magnitude = Math.floor(Math.abs(value) * highest);
    return (value < 0 ? 0x8000 : 0) | (i % 7 === 0 ? magnitude % subnormal : magnitude);
  });
  return new Uint8Array(bits.buffer);
}

/** A weight in parts of `rows` rows each, as a checkpoint that keeps queries, keys and values apart has it. */
function packedWeight(
  outputs: number,
  inputs: number,
  dtype: WeightDtype,
  rows: readonly number[],
): Tensor2D {
  const bytes = weightBytes(outputs * inputs, dtype);
  const size = bytes.length / outputs;
  let first = 0;
  const parts = rows.map((count) => {
    const part = { bytes: bytes.slice(first * size, (first + count) * size), dtype, rows: count };
    first += count;
    return part;
  });
  return linearWeight(parts, [outputs, inputs], (part) => widen(part.bytes, part.dtype));
}

interface Sizes {
  M: number;
  K: number;
  N: number;
  rows?: number[];
}

// tiles are of 4 or 6 rows and 8 columns, blocks of 252 rows above 324 and of at most 768 deep, items of 8 panels
const PRODUCTS: Sizes[] = [
  { M: 1, K: 1, N: 1 },
  { M: 2, K: 3, N: 7 },
  { M: 3, K: 4, N: 8 },
  { M: 4, K: 5, N: 9 },
  { M: 5, K: 16, N: 15 },
  { M: 6, K: 7, N: 16, rows: [5, 5, 6] },
  { M: 7, K: 33, N: 67, rows: [1, 30, 36] },
  { M: 13, K: 769, N: 21, rows: [7, 7, 7] },
  { M: 11, K: 1537, N: 10 },
  { M: 331, K: 10, N: 203 },
  { M: 505, K: 6, N: 12 },
  { M: 326, K: 770, N: 17 },
];

const STORAGE: [string, SimdOptions][] = [
  ['weights as float32', {}],
  ['weights in 16 bits', { halfWeights: true }],
  ['weights outside of the memory', { halfWeights: true, weightsInside: 0 }],
];

describe.each(STORAGE)('%s', (_, options) => {
  beforeAll(() => registerSimd({ threads: 2, relaxed: false, ...options }));
  afterAll(() => removeBackend('simd'));

  describe.each<WeightDtype>(['F32', 'F16', 'BF16'])('from %s', (dtype) => {
    test.each(PRODUCTS)('a linear layer, $M×$K · $K×$N', async ({ M, K, N, rows = [N] }) => {
      const x = noise(M * K).map((value) => value / Math.sqrt(K));
      const weight = widen(weightBytes(N * K, dtype), dtype);
      const [bias, residual, scale] = [noise(N, 5), noise(M * N, 6), noise(N, 7)];
      const layer = async (options: () => Parameters<typeof linear>[2]): Promise<Float32Array> => {
        const run = (): Tensor => linear(tensor(x, [M, K]), packedWeight(N, K, dtype, rows), options());
        const [result] = await resultsOn('simd', run);
        expect(result?.shape).toEqual([M, N]);
        return result?.values ?? new Float32Array(0);
      };
      const upload = (values: Float32Array): Tensor1D => tensor(values, [N]);

      const product = linear64({ x, weight, M, K, N });
      expectClose(await layer(() => ({})), product, TOLERANCE);
      const biased = linear64({ x, weight, M, K, N, bias });
      expectClose(await layer(() => ({ bias: upload(bias) })), biased, TOLERANCE);
      const branch = () => ({ input: tensor(residual, [M, N]), scale: upload(scale) });
      const joined = biased.map((value, i) => (residual[i] ?? 0) + (scale[i % N] ?? 0) * value);
      expectClose(await layer(() => ({ bias: upload(bias), residual: branch() })), joined, TOLERANCE);
      const [gelu] = await resultsOn('cpu', () => geluComposition(tensor(Float32Array.from(biased), [M, N])));
      const activated = await layer(() => ({ bias: upload(bias), activation: 'gelu' }));
      expectClose(activated, gelu?.values ?? [], TOLERANCE);
    });
  });

  test('a weight larger than is packed, or brought in, at once', async () => {
    const [M, K, N] = [2, 1024, 4203];
    const x = noise(M * K).map((value) => value / 32);
    const [bias, residual, scale] = [noise(N, 5), noise(M * N, 6), noise(N, 7)];
    const weight = widen(weightBytes(N * K, 'F32'), 'F32');
    const biased = linear64({ x, weight, M, K, N, bias });
    const run = (): Tensor[] => {
      const packed = packedWeight(N, K, 'F32', [1003, 2100, 1100]);
      const layer = (residual?: Residual): Tensor =>
        linear(tensor(x, [M, K]), packed, { bias: tensor(bias, [N]) as Tensor1D, residual });
      const branch = { input: tensor(residual, [M, N]), scale: tensor(scale, [N]) as Tensor1D };
      return [layer(), layer(branch)];
    };
    const [plain, joined] = await resultsOn('simd', run);
    expectClose(plain?.values ?? new Float32Array(0), biased, TOLERANCE);
    expectClose(
      joined?.values ?? new Float32Array(0),
      biased.map((value, i) => (residual[i] ?? 0) + (scale[i % N] ?? 0) * value),
      TOLERANCE,
    );
  });

  test('a fused product with a weight that is kept elsewhere, by the rows of a batch', async () => {
    const [K, N] = [1024, 4203];
    const run = (): Tensor =>
      engine().runKernel(
        _FusedMatMul,
        {
          a: noiseTensor([1, 3, K], 1, (value) => value / 32),
          b: reshape(packedWeight(N, K, 'F32', [N]), [1, N, K]),
          bias: noiseTensor([N], 3),
        },
        { transposeA: false, transposeB: true, activation: 'linear' },
      );
    // a float32 sum of 1,024 products
    await expectSame(run, 1e-5);
  });

  test.each([
    ['one matrix of a batch', [1, 22, 35], [3, 9, 35]],
    ['two matrices of a batch', [2, 11, 35], [2, 9, 35]],
    ['a matrix of other sides', [35, 22], [9, 22]],
  ])('a packed weight reshaped to %s', async (_, shape, other) => {
    for (const dtype of ['F32', 'F16'] as const) {
      const weight = (): Tensor => reshape(packedWeight(22, 35, dtype, [22]), shape);
      await expectSame(() => matMul(noiseTensor(other), weight(), false, true), TOLERANCE);
    }
  });

  test('parts of different formats in one weight', async () => {
    const run = (): Tensor => {
      const parts = (['F16', 'F32', 'BF16'] as const).map((dtype) => ({
        bytes: weightBytes(5 * 9, dtype),
        dtype,
        rows: 5,
      }));
      const weight = linearWeight(parts, [15, 9], ({ bytes, dtype }) => widen(bytes, dtype));
      return linear(noiseTensor([7, 9]), weight);
    };
    await expectSame(run, TOLERANCE);
  });

  test('infinities, and what is no number, come back as they were', async () => {
    for (const [dtype, special] of [
      ['F16', [0x7c00, 0xfc00, 0x7e00, 0x0001, 0x83ff, 0x7bff]],
      ['BF16', [0x7f80, 0xff80, 0x7fc0, 0x0001, 0x807f, 0x7f7f]],
    ] as const) {
      const bits = Uint16Array.from({ length: 33 }, (_, i) => special[i % 6] ?? 0);
      const part = { bytes: new Uint8Array(bits.buffer), dtype, rows: 11 };
      await expectSame(() => linearWeight([part], [11, 3], ({ bytes }) => widen(bytes, dtype)));
      // a product with 1 in the place of each, one after the other
      const units = (): Tensor => tensor([1], [1, 1]);
      const column = { ...part, rows: 33 };
      const values = Array.from(widen(part.bytes, dtype));
      const [product] = await resultsOn('simd', () =>
        linear(
          units(),
          linearWeight([column], [33, 1], ({ bytes }) => widen(bytes, dtype)),
        ),
      );
      expect([...(product?.values ?? [])]).toEqual(values);
    }
  });

  test('a packed weight as a matrix of its own, both ways round', async () => {
    for (const dtype of ['F32', 'F16', 'BF16'] as const) {
      const weight = (): Tensor2D => packedWeight(21, 35, dtype, [10, 11]);
      await expectSame(() => matMul(noiseTensor([9, 35]), weight(), false, true), TOLERANCE);
      await expectSame(() => matMul(noiseTensor([35, 9]), weight(), true, true), TOLERANCE);
      await expectSame(() => matMul(noiseTensor([17, 21]), weight()), TOLERANCE);
      await expectSame(() => matMul(weight(), noiseTensor([35, 13])), TOLERANCE);
      await expectSame(weight);
    }
  });
});

describe('without weights', () => {
  beforeAll(() => registerSimd({ threads: 2, relaxed: false }));
  afterAll(() => removeBackend('simd'));

  test.each<[string, number[], number[], boolean, boolean]>([
    ['plain', [17, 33], [33, 19], false, false],
    ['the first transposed', [33, 17], [33, 19], true, false],
    ['the second transposed', [17, 33], [19, 33], false, true],
    ['both transposed', [33, 17], [19, 33], true, true],
    ['of a batch', [3, 2, 13, 9], [3, 2, 9, 14], false, false],
    ['of a batch, both transposed', [3, 9, 13], [3, 14, 9], true, true],
    ['with one second operand for all', [3, 2, 13, 9], [1, 1, 9, 14], false, false],
    ['with one first operand for all', [1, 13, 9], [4, 9, 14], false, false],
    ['with operands of different rank', [2, 3, 13, 9], [3, 9, 14], false, false],
    ['with columns that fill panels', [5, 40], [40, 32], false, false],
  ])('a product, %s', async (_, a, b, transposeA, transposeB) => {
    await expectSame(() => matMul(noiseTensor(a), noiseTensor(b, 2), transposeA, transposeB), TOLERANCE);
  });

  test.each<[string, number[], string]>([
    ['a bias for every column', [19], 'linear'],
    ['a bias for every row', [19, 1], 'linear'],
    ['a bias for every column and an activation', [19], 'relu'],
    ['a bias that is one value', [1], 'linear'],
    ['a bias in two axes', [19, 19], 'linear'],
  ])('a fused product with %s', async (_, bias, activation) => {
    const run = (): Tensor =>
      engine().runKernel(
        _FusedMatMul,
        { a: noiseTensor([1, 19, 33]), b: noiseTensor([1, 33, 19], 2), bias: noiseTensor(bias, 3) },
        { transposeA: false, transposeB: false, activation },
      );
    await expectSame(run, TOLERANCE);
  });
});

describe('attention', () => {
  beforeAll(() => registerSimd({ threads: 2, relaxed: false }));
  afterAll(() => removeBackend('simd'));

  interface Heads {
    B: number;
    T: number;
    A: number;
    K: number;
  }

  interface Given extends Heads {
    qkv: Float32Array;
    scale: number;
    mask?: { shape: [number, number, number, number]; values: Float32Array };
  }

  async function attend({ qkv, B, T, A, K, scale, mask }: Given): Promise<Float32Array> {
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

  async function expectAttention(given: Given, tolerance = TOLERANCE): Promise<void> {
    const { mask, ...rest } = given;
    const [pictures, , queries, keys] = mask?.shape ?? [1, 1, 1, 1];
    const added = (picture: number, query: number, key: number): number =>
      mask?.values[((picture % pictures) * queries + (query % queries)) * keys + key] ?? 0;
    expectClose(await attend(given), attention64({ ...rest, mask: added }), tolerance);
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

  test.each(HEADS)('$B picture(s) of $T tokens, $A heads of $K', async (heads) => {
    const { B, T, K } = heads;
    const given = { ...heads, qkv: noisyQkv(heads), scale: 3 * K ** -0.5 };
    await expectAttention(given);
    const masks: [number, number][] = [
      [B, 1],
      [B, T],
    ];
    if (B > 1) masks.push([1, 1], [1, T]);
    for (const [pictures, queries] of masks) {
      const values = noise(pictures * queries * T, 9).map((value) => 4 * value);
      await expectAttention({ ...given, mask: { shape: [pictures, 1, queries, T], values } });
    }
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
    const qkv = noisyQkv(heads).map((value, index) => value + ([5, -5, 0][Math.floor(index / 12) % 3] ?? 0));
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

test('16-bit weights take half the memory', async () => {
  const bytes: number[] = [];
  for (const halfWeights of [false, true]) {
    await registerSimd({ threads: 1, halfWeights });
    await setBackend('simd');
    const current = backend();
    if (!(current instanceof SimdBackend)) throw new Error('expected simd');
    const before = current.runtime.heap.bytesInUse;
    const weight = packedWeight(64, 128, 'BF16', [64]);
    bytes.push(current.runtime.heap.bytesInUse - before);
    weight.dispose();
    removeBackend('simd');
  }
  expect(bytes).toEqual([64 * 128 * 4, 64 * 128 * 2]);
});

test('what a kernel of TF.js hands on of a result outlives it', async () => {
  await registerSimd({ threads: 1 });
  await setBackend('simd');
  const values = noiseTensor([5000]);
  const result = relu(values);
  const part = slice(result, [100], [50]);
  const expected = result.dataSync().slice(100, 150);
  result.dispose();
  const other = neg(values);
  expect(part.dataSync()).toEqual(expected);
  dispose([values, part, other]);
  removeBackend('simd');
});
