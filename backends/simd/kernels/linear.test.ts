/** Products with weights in panels, in sizes that divide by nothing, against plain loops in float64. */
import {
  _FusedMatMul,
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
  tensor,
} from '@tensorflow/tfjs-core';
import { narrow } from '../../../bytes/narrow.ts';
import { geluComposition } from '../../../ops/gelu.ts';
import { linear, type Residual } from '../../../ops/linear.ts';
import { linearWeight } from '../../../ops/linear-weight.ts';
import type { FloatDtype } from '../../../ops/weight-rows.ts';
import { noise } from '../../../testing/noise.ts';
import { widen } from '../../../weights/widen.ts';
import { registerSimd, type SimdOptions } from '../register.ts';
import { currentSimd } from '../testing/current-simd.ts';
import { linear64 } from '../testing/float64.ts';
import { expectClose, expectSame, noiseTensor, resultsOn } from '../testing/on-both.ts';
import { type ProductSizes, packedWeight, weightBytes } from '../testing/packed-weight.ts';

const TOLERANCE = 2e-6;

// tiles are of 4 rows and 8 columns, blocks of 252 rows above 324 and at most 256 deep, items of up to 8 panels
const PRODUCTS: ProductSizes[] = [
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

  describe.each<FloatDtype>(['F32', 'F16', 'BF16'])('from %s', (dtype) => {
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
      const joined = biased.map((value, i) => residual[i]! + scale[i % N]! * value);
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
      biased.map((value, i) => residual[i]! + scale[i % N]! * value),
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
      const weight = linearWeight(parts, [15, 9]);
      return linear(noiseTensor([7, 9]), weight);
    };
    await expectSame(run, TOLERANCE);
  });

  test('infinities, and what is no number, come back as they were', async () => {
    for (const [dtype, special] of [
      ['F16', [0x7c00, 0xfc00, 0x7e00, 0x0001, 0x83ff, 0x7bff]],
      ['BF16', [0x7f80, 0xff80, 0x7fc0, 0x0001, 0x807f, 0x7f7f]],
    ] as const) {
      const bits = Uint16Array.from({ length: 33 }, (_, i) => special[i % 6]!);
      const part = { bytes: new Uint8Array(bits.buffer), dtype, rows: 11 };
      await expectSame(() => linearWeight([part], [11, 3]));
      // a product with 1 in the place of each, one after the other
      const units = (): Tensor => tensor([1], [1, 1]);
      const column = { ...part, rows: 33 };
      const values = Array.from(widen(part.bytes, dtype));
      const [product] = await resultsOn('simd', () => linear(units(), linearWeight([column], [33, 1])));
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

test('16-bit weights take half the memory', async () => {
  const bytes: number[] = [];
  for (const halfWeights of [false, true]) {
    await registerSimd({ threads: 1, halfWeights });
    await setBackend('simd');
    const { heap } = currentSimd().runtime;
    const before = heap.bytesInUse;
    const weight = packedWeight(64, 128, 'BF16', [64]);
    bytes.push(heap.bytesInUse - before);
    weight.dispose();
    removeBackend('simd');
  }
  expect(bytes).toEqual([64 * 128 * 4, 64 * 128 * 2]);
});

test('a product in 8 bits has no bias of what one in float32 has left in the memory', async () => {
  await registerSimd({ threads: 1 });
  const [M, K, N] = [3, 40, 390];
  const part = { bytes: weightBytes(N * K, 'F32'), dtype: 'F32' as const, rows: N };
  const layer = (precision: 'f32' | 'i8') =>
    resultsOn('simd', () => linear(noiseTensor([M, K]), linearWeight([part], [N, K], precision)));
  const before = await layer('i8');
  await layer('f32');
  expect(await layer('i8')).toEqual(before);
  removeBackend('simd');
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

describe('rounded to float16', () => {
  beforeAll(() => registerSimd({ threads: 2, relaxed: false }));
  afterAll(() => removeBackend('simd'));

  test('every kind of float becomes the float16 that the reference makes of it', async () => {
    // every exponent, with fractions around what rounds up, down, and to even
    const bits = Uint32Array.from({ length: 2 * 256 * 16 }, (_, i) => {
      const fraction = [
        0, 1, 0xfff, 0x1000, 0x1001, 0x1fff, 0x2000, 0x3000, 0x3001, 0x7fefff, 0x7ff000, 0x7fffff,
      ];
      return (((i >> 4) << 23) | (fraction[i % 16] ?? (i * 2654435761) & 0x7fffff)) >>> 0;
    });
    const [N, K] = [128, bits.length / 128];
    const part = { bytes: new Uint8Array(bits.buffer), dtype: 'F32' as const, rows: N };
    const [made] = await resultsOn('simd', () => linearWeight([part], [N, K], 'f16'));
    const expected = widen(narrow(new Float32Array(bits.buffer), 'F16').bytes, 'F16');
    expect(made?.values).toEqual(expected);
  });

  test('parts of several dtypes become float16, and those of one that has 16 bits stay', async () => {
    const parts = (['F16', 'F32', 'BF16'] as const).map((dtype) => ({
      bytes: weightBytes(5 * 9, dtype),
      dtype,
      rows: 5,
    }));
    const valuesOf = async (some: typeof parts): Promise<Float32Array | undefined> => {
      const [made] = await resultsOn('simd', () => linearWeight(some, [5 * some.length, 9], 'f16'));
      return made?.values;
    };
    const widened = parts.map(({ bytes, dtype }) => widen(bytes, dtype));
    const rounded = widened.flatMap((values) => [...widen(narrow(values, 'F16').bytes, 'F16')]);
    expect(await valuesOf(parts)).toEqual(Float32Array.from(rounded));
    expect(await valuesOf(parts.slice(2))).toEqual(widened[2]);
  });
});
