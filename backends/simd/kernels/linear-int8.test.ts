/** Products with weights in 8 bits, in sizes that divide by nothing, against plain loops in float64. */
import { matMul, removeBackend, reshape, type Tensor, type Tensor1D, tensor } from '@tensorflow/tfjs-core';
import { type Int8Rows, quantiseRows, widenInt8Rows } from '../../../bytes/int8-rows.ts';
import { geluComposition } from '../../../ops/gelu.ts';
import { linear } from '../../../ops/linear.ts';
import { linearWeight } from '../../../ops/linear-weight.ts';
import type { FloatDtype, WeightRows } from '../../../ops/weight-rows.ts';
import { noise } from '../../../testing/noise.ts';
import { widen } from '../../../weights/widen.ts';
import { registerSimd, type SimdOptions } from '../register.ts';
import { hasRelaxedSimd } from '../runtime/load-kernels.ts';
import { currentSimd } from '../testing/current-simd.ts';
import { linear64 } from '../testing/float64.ts';
import { expectClose, expectNothingBeside, resultsOn } from '../testing/on-both.ts';
import { type ProductSizes, partsOf, weightBytes } from '../testing/packed-weight.ts';
import { roundedInput as roundedRows } from '../testing/rounded-input.ts';

const TOLERANCE = 3e-6;

// tiles are of 2 rows and 16 columns, blocks of up to 504 rows and 512 deep, items of up to 4 panels
const PRODUCTS: ProductSizes[] = [
  { M: 1, K: 1, N: 1 },
  { M: 2, K: 3, N: 7 },
  { M: 3, K: 8, N: 16 },
  { M: 5, K: 15, N: 17 },
  { M: 6, K: 7, N: 48, rows: [5, 5, 38] },
  { M: 7, K: 33, N: 67, rows: [1, 30, 36] },
  { M: 13, K: 769, N: 21, rows: [7, 7, 7] },
  { M: 4, K: 1537, N: 34 },
  // several panels an item, each summed up in parts, and a row beyond the last
  { M: 3, K: 1030, N: 390 },
  { M: 331, K: 10, N: 203 },
  { M: 505, K: 6, N: 12 },
];

/** A part of a weight in 8 bits. */
function int8Part({ values, scales }: Int8Rows): WeightRows {
  return { bytes: new Uint8Array(values.buffer), dtype: 'I8', scales, rows: scales.length };
}

async function valuesOn(run: () => Tensor): Promise<Float32Array> {
  const [result] = await resultsOn('simd', run);
  return result?.values ?? new Float32Array(0);
}

/** What an integer of an input is at most, by the kernel. */
const LARGEST_INPUT = { i16: 2 ** 15 - 1, split: 2 ** 13 - 1 };

const SETUPS: [string, SimdOptions & { int8Kernel: 'i16' | 'split' }][] = [
  ['inputs of 16 bits', { relaxed: false, int8Kernel: 'i16' }],
  [
    'inputs of 16 bits, weights outside of the memory',
    { relaxed: false, int8Kernel: 'i16', weightsInside: 0 },
  ],
  // needs relaxed SIMD, as Node 22 and later have it
  ...(hasRelaxedSimd()
    ? ([
        ['split inputs', { relaxed: true, int8Kernel: 'split' }],
        [
          'split inputs, weights outside of the memory',
          { relaxed: true, int8Kernel: 'split', weightsInside: 0 },
        ],
      ] as [string, SimdOptions & { int8Kernel: 'split' }][])
    : []),
];

describe.each(SETUPS)('%s', (_, options) => {
  const roundedInput = (x: Float32Array, K: number, weight: Int8Rows): Float32Array =>
    roundedRows(x, K, weight, LARGEST_INPUT[options.int8Kernel]);
  beforeAll(() => registerSimd({ threads: 2, ...options }));
  afterAll(() => removeBackend('simd'));

  test.each(PRODUCTS)('a linear layer, $M×$K · $K×$N', async ({ M, K, N, rows = [N] }) => {
    const x = noise(M * K).map((value) => value / Math.sqrt(K));
    const [bias, residual, scale] = [noise(N, 5), noise(M * N, 6), noise(N, 7)];
    const bytes = weightBytes(N * K, 'F32');
    const rounded = quantiseRows(widen(bytes, 'F32'), K);
    const exact = { x: roundedInput(x, K, rounded), weight: widenInt8Rows(rounded), M, K, N };
    const layer = (options: () => Parameters<typeof linear>[2]): Promise<Float32Array> =>
      valuesOn(() =>
        linear(tensor(x, [M, K]), linearWeight(partsOf(bytes, 'F32', rows), [N, K], 'i8'), options()),
      );
    const upload = (values: Float32Array): Tensor1D => tensor(values, [N]);

    expectClose(await layer(() => ({})), linear64(exact), TOLERANCE);
    const biased = linear64({ ...exact, bias });
    expectClose(await layer(() => ({ bias: upload(bias) })), biased, TOLERANCE);
    const branch = () => ({ input: tensor(residual, [M, N]), scale: upload(scale) });
    const joined = biased.map((value, i) => residual[i]! + scale[i % N]! * value);
    expectClose(await layer(() => ({ bias: upload(bias), residual: branch() })), joined, TOLERANCE);
    const [gelu] = await resultsOn('cpu', () => geluComposition(tensor(Float32Array.from(biased), [M, N])));
    const activated = await layer(() => ({ bias: upload(bias), activation: 'gelu' }));
    expectClose(activated, gelu?.values ?? [], TOLERANCE);
  });

  test('a weight larger than is packed, or brought in, at once', async () => {
    const [M, K, N] = [2, 256, 16500];
    const x = noise(M * K).map((value) => value / 16);
    const [bias, residual, scale] = [noise(N, 5), noise(M * N, 6), noise(N, 7)];
    const bytes = weightBytes(N * K, 'F32');
    const rounded = quantiseRows(widen(bytes, 'F32'), K);
    const exact = linear64({ x: roundedInput(x, K, rounded), weight: widenInt8Rows(rounded), M, K, N });
    const rows = [5003, 7100, 4397];
    const upload = (values: Float32Array): Tensor1D => tensor(values, [N]);
    const biased = await valuesOn(() =>
      linear(tensor(x, [M, K]), linearWeight(partsOf(bytes, 'F32', rows), [N, K], 'i8'), {
        bias: upload(bias),
      }),
    );
    expectClose(
      biased,
      exact.map((value, i) => value + bias[i % N]!),
      1e-5,
    );
    const integers = partsOf(new Uint8Array(rounded.values.buffer), 'F32', rows).map(
      ({ bytes, rows }, i): WeightRows => {
        const first = [0, 5003, 12103][i]!;
        return { bytes, rows, dtype: 'I8', scales: rounded.scales.slice(first, first + rows) };
      },
    );
    const joined = await valuesOn(() =>
      linear(tensor(x, [M, K]), linearWeight(integers, [N, K]), {
        residual: { input: tensor(residual, [M, N]), scale: upload(scale) },
      }),
    );
    expectClose(
      joined,
      exact.map((value, i) => residual[i]! + scale[i % N]! * value),
      1e-5,
    );
  });

  test.each<FloatDtype>(['F32', 'F16', 'BF16'])(
    'the values of a weight from %s are those of rounded rows',
    async (dtype) => {
      const [K, N] = [35, 27];
      const bytes = weightBytes(N * K, dtype);
      const made = await valuesOn(() => linearWeight(partsOf(bytes, dtype, [10, 17]), [N, K], 'i8'));
      expect(made).toEqual(widenInt8Rows(quantiseRows(widen(bytes, dtype), K)));
    },
  );

  test('rows that are in 8 bits stay as they are, at any scale', async () => {
    const [K, N] = [21, 19];
    const values = Int8Array.from({ length: N * K }, (_, i) => ((i * 37) % 255) - 127);
    const scales = Float32Array.from({ length: N }, (_, i) => 2 ** (i - 9));
    const weight = (): Tensor => linearWeight([int8Part({ values, scales })], [N, K]);
    expect(await valuesOn(weight)).toEqual(widenInt8Rows({ values, scales }));
    // as a plain matrix too
    const x = noise(3 * K);
    const product = await valuesOn(() => matMul(tensor(x, [3, K]), weight(), false, true));
    const exact = linear64({ x, weight: widenInt8Rows({ values, scales }), M: 3, K, N });
    for (const [i, value] of exact.entries()) expect(product[i]! / value).toBeCloseTo(1, 4);
  });

  test('rows of zeros, of infinities and of what is no number are rounded as the reference does it', async () => {
    const [K, N] = [9, 5];
    const values = noise(N * K);
    values.fill(0, 0, K);
    values[K + 2] = Infinity;
    values[K + 3] = -Infinity;
    values[K + 8] = -Infinity;
    values[4 * K + 8] = Infinity;
    values[2 * K + 1] = Number.NaN;
    values.fill(Number.NaN, 3 * K, 4 * K);
    const part = { bytes: new Uint8Array(values.slice().buffer), dtype: 'F32' as const, rows: N };
    expect(await valuesOn(() => linearWeight([part], [N, K], 'i8'))).toEqual(
      widenInt8Rows(quantiseRows(values, K)),
    );
  });

  test.each(['i8', 'f32'] as const)('a layer of a weight in %s that was reshaped', async (precision) => {
    const [M, K, N] = [3, 42, 19];
    const [x, values] = [noise(M * K), noise(N * K, 3)];
    const part = { bytes: new Uint8Array(values.buffer), dtype: 'F32' as const, rows: 2 * N };
    const weight = precision === 'f32' ? values : widenInt8Rows(quantiseRows(values, K / 2));
    const made = await valuesOn(() => {
      const narrow = linearWeight([part], [2 * N, K / 2], precision);
      return linear(tensor(x, [M, K]), reshape(narrow, [N, K]));
    });
    expectClose(made, linear64({ x, weight, M, K, N }), TOLERANCE);
  });

  test('no sum overflows, whatever the weights and inputs', async () => {
    const [M, K, N] = [3, 5000, 17];
    const values = new Int8Array(N * K).fill(127);
    const scales = new Float32Array(N).fill(1);
    const x = new Float32Array(M * K).fill(3);
    const y = await valuesOn(() =>
      linear(tensor(x, [M, K]), linearWeight([int8Part({ values, scales })], [N, K])),
    );
    expect(new Set(y)).toEqual(new Set([y[0]]));
    expect(y[0]! / (3 * 127 * K)).toBeCloseTo(1, 6);
  });

  test.each(['F32', 'I8'])(
    'nor where products are all above zero and weights of %s are not',
    async (dtype) => {
      const [M, K, N] = [2, 5003, 3];
      const signs = Int8Array.from({ length: N * K }, (_, i) => ((i % K) % 2 === 0 ? 127 : -127));
      const rows = { values: signs, scales: new Float32Array(N).fill(1) };
      const bytes = new Uint8Array(Float32Array.from(signs).buffer);
      const part = dtype === 'I8' ? int8Part(rows) : { bytes, dtype: 'F32' as const, rows: N };
      const x = Float32Array.from({ length: M * K }, (_, i) => ((i % K) % 2 === 0 ? 3 : -3));
      const y = await valuesOn(() => linear(tensor(x, [M, K]), linearWeight([part], [N, K], 'i8')));
      for (const value of y) expect(value / (3 * 127 * K)).toBeCloseTo(1, 6);
    },
  );

  test('rows of any magnitude are multiplied, and those as good as zero give the bias', async () => {
    const [K, N] = [20, 18];
    const x = noise(3 * K).map((value, i) => value * [1e-20, 1e-40, 1e20][Math.floor(i / K)]!);
    const bias = noise(N, 5);
    const rounded = quantiseRows(noise(N * K, 3), K);
    const layer = (bias?: Float32Array) =>
      valuesOn(() =>
        linear(tensor(x, [3, K]), linearWeight([int8Part(rounded)], [N, K]), {
          ...(bias && { bias: tensor(bias, [N]) as Tensor1D }),
        }),
      );
    const exact = linear64({ x, weight: widenInt8Rows(rounded), M: 3, K, N });
    const y = await layer();
    for (const [row, unit] of [
      [0, 1e-20],
      [2, 1e20],
    ] as const) {
      const scaled = (values: ArrayLike<number>): Float32Array =>
        Float32Array.from(Array.from(values).slice(row * N, (row + 1) * N), (value) => value / unit);
      expectClose(scaled(y), scaled(exact), 1e-3);
    }
    expect((await layer(bias)).subarray(N, 2 * N)).toEqual(bias);
  });

  test('an input without a finite largest value gives no finite output, and a row of zeros the bias', async () => {
    const [K, N] = [20, 18];
    const x = noise(4 * K);
    x[3] = Infinity;
    x[K + 19] = Number.NaN;
    x.fill(0, 2 * K, 3 * K);
    const bias = noise(N, 5);
    const weight = noise(N * K, 3);
    const part = { bytes: new Uint8Array(weight.buffer), dtype: 'F32' as const, rows: N };
    const y = await valuesOn(() =>
      linear(tensor(x, [4, K]), linearWeight([part], [N, K], 'i8'), { bias: tensor(bias, [N]) as Tensor1D }),
    );
    expect(y.subarray(0, 2 * N).some(Number.isFinite)).toBe(false);
    expect(y.subarray(2 * N, 3 * N)).toEqual(bias);
    expect(y.subarray(3 * N).every(Number.isFinite)).toBe(true);
  });

  test('nothing is left in the memory but the weight, and that is given back', async () => {
    await valuesOn(() => tensor([0]));
    const { heap } = currentSimd().runtime;
    const x = noise(40 * 30);
    const part = { bytes: new Uint8Array(noise(50 * 30).buffer), dtype: 'F32' as const, rows: 50 };
    const weight = linearWeight([part], [50, 30], 'i8');
    const run = () => valuesOn(() => linear(tensor(x, [40, 30]), weight));
    await run();
    const { blocks } = heap;
    await run();
    expect(heap.blocks).toBe(blocks);
    weight.dispose();
    expect(heap.blocks).toBe(blocks - ('weightsInside' in options ? 2 : 3));
  });
});

describe('on two threads', () => {
  beforeAll(() => registerSimd({ threads: 2, relaxed: false }));
  afterAll(() => removeBackend('simd'));

  test('nothing is written beside the output', async () => {
    const [M, K, N] = [7, 33, 67];
    const part = { bytes: new Uint8Array(noise(N * K).buffer), dtype: 'F32' as const, rows: N };
    await expectNothingBeside(M * N, () => {
      const x = tensor(noise(M * K), [M, K]);
      const weight = linearWeight([part], [N, K], 'i8');
      return () => linear(x, weight);
    });
  });

  test('the same bits on any number of threads', async () => {
    const [M, K, N] = [300, 770, 130];
    const part = { bytes: new Uint8Array(noise(N * K).buffer), dtype: 'F32' as const, rows: N };
    const run = (): Promise<Float32Array> =>
      valuesOn(() => linear(tensor(noise(M * K), [M, K]), linearWeight([part], [N, K], 'i8')));
    const two = await run();
    await registerSimd({ threads: 1 });
    expect(await run()).toEqual(two);
  });
});
