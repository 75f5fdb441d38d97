/** Gradients along rows and value by value, in sizes that divide by nothing, against plain loops in float64. */
import { removeBackend, type Tensor, type Tensor1D, tensor } from '@tensorflow/tfjs-core';
import { backwardOp } from '../../../ops/backward/backward-op.ts';
import { GELU_BACKWARD } from '../../../ops/backward/gelu-backward.ts';
import { LAYER_NORM_BACKWARD } from '../../../ops/backward/layer-norm-backward.ts';
import { SILU_GATE_BACKWARD } from '../../../ops/backward/silu-gate-backward.ts';
import { relativeDifference } from '../../../testing/close.ts';
import { noise } from '../../../testing/noise.ts';
import { setDevice } from '../../devices.ts';
import { registerSimd } from '../register.ts';
import { geluSlope64, layerNormBackward64, siluGateBackward64 } from '../testing/backward64.ts';
import { expectNothingBeside, noiseTensor, resultsOn } from '../testing/on-both.ts';

/** Of the largest gradient. */
const TOLERANCE = 1e-6;
/** The same, with a margin for sums of sums. */
const ROUNDED_ONCE = 2 ** -23;

beforeAll(() => registerSimd({ threads: 2, relaxed: false }));
afterAll(() => removeBackend('simd'));

describe('layer norm', () => {
  const layerNorm = (rows: number, width: number, epsilon: number) => {
    const x = noise(rows * width).map((value, i) => 3 * value + (i % 5));
    const given = { x, gamma: noise(width, 2), dy: noise(rows * width, 3), epsilon };
    const run = (): Tensor[] => {
      const [inputX, dy] = [given.x, given.dy].map((values) => tensor(values, [1, rows, width]));
      const inputs = { x: inputX!, gamma: tensor(given.gamma) as Tensor1D, dy: dy! };
      return backwardOp(LAYER_NORM_BACKWARD, inputs, { epsilon });
    };
    return { given, run };
  };

  // items are of 32 rows
  test.each([
    [1, 5],
    [3, 3],
    [31, 7],
    [32, 8],
    [33, 9],
    [65, 20],
    [5, 767],
    [90, 768],
  ])('of %d rows of %d', async (rows, width) => {
    for (const epsilon of [1e-6, 0.1]) {
      const { given, run } = layerNorm(rows, width, epsilon);
      const results = await resultsOn('simd', run);
      expect(results.map(({ shape }) => shape)).toEqual([[1, rows, width], [width], [width]]);
      for (const [i, expected] of layerNormBackward64(given).entries()) {
        expect(relativeDifference(results[i]?.values ?? [], expected)).toBeLessThan(TOLERANCE);
      }
    }
  });

  // sums in float32 would round the same way at every row
  test.each([
    [16, 8],
    [90, 13],
  ])('rounds sums over %d rows of one gradient once', async (rows, width) => {
    const { given } = layerNorm(rows, width, 1e-6);
    const dy = noise(width, 3);
    const same = { ...given, dy: given.dy.map((_, i) => dy[i % width]!) };
    const run = (): Tensor[] => {
      const [x, by] = [same.x, same.dy].map((values) => tensor(values, [rows, width])) as [Tensor, Tensor];
      return backwardOp(
        LAYER_NORM_BACKWARD,
        { x, gamma: tensor(same.gamma) as Tensor1D, dy: by },
        { epsilon: 1e-6 },
      );
    };
    const [, , dBeta] = await resultsOn('simd', run);
    expect(relativeDifference(dBeta?.values ?? [], layerNormBackward64(same)[2]!)).toBeLessThan(ROUNDED_ONCE);
  });

  test('the loops in float64 agree with differences of the result', () => {
    const [rows, width, epsilon] = [2, 5, 0.1];
    const { given } = layerNorm(rows, width, epsilon);
    const loss = (x: Float32Array, gamma: Float32Array): number => {
      let sum = 0;
      for (let from = 0; from < x.length; from += width) {
        const row = Float64Array.from(x.subarray(from, from + width));
        const mean = row.reduce((all, value) => all + value, 0) / width;
        const variance = row.reduce((all, value) => all + (value - mean) ** 2, 0) / width;
        for (const [k, value] of row.entries()) {
          sum += given.dy[from + k]! * ((value - mean) / Math.sqrt(variance + epsilon)) * gamma[k]!;
        }
      }
      return sum;
    };
    const { x, gamma } = given;
    const changed = (values: Float32Array, at: number, by: number) =>
      values.map((value, i) => (i === at ? value + by : value));
    const step = 1 / 256;
    const [dx, dGamma] = layerNormBackward64(given);
    for (const [i, gradient] of dx!.entries()) {
      const difference = loss(changed(x, i, step), gamma) - loss(changed(x, i, -step), gamma);
      expect(difference / (2 * step)).toBeCloseTo(gradient, 4);
    }
    for (const [i, gradient] of dGamma!.entries()) {
      const difference = loss(x, changed(gamma, i, step)) - loss(x, changed(gamma, i, -step));
      expect(difference / (2 * step)).toBeCloseTo(gradient, 4);
    }
  });

  test('the same bits on any number of threads', async () => {
    const { run } = layerNorm(1301, 65, 1e-6);
    const expected = await resultsOn('simd', run);
    for (const threads of [1, 3]) {
      await setDevice('simd', { threads });
      expect(await resultsOn('simd', run)).toEqual(expected);
    }
    await setDevice('simd', { threads: 2 });
  });
});

describe('GELU', () => {
  const slopesOf = async (x: Float32Array, dy: Float32Array): Promise<Float32Array> => {
    const run = (): Tensor[] => backwardOp(GELU_BACKWARD, { x: tensor(x), dy: tensor(dy) }, {});
    const [result] = await resultsOn('simd', run);
    return result?.values ?? new Float32Array(0);
  };

  test.each([1, 3, 4, 1027, 70_001])('of %d values', async (size) => {
    const x = noise(size).map((value) => 8 * value);
    const dy = noise(size, 2);
    const expected = Float64Array.from(x, (value, i) => dy[i]! * geluSlope64(value));
    expect(relativeDifference(await slopesOf(x, dy), expected)).toBeLessThan(TOLERANCE);
  });

  test('the series agrees with differences of x · Φ(x)', () => {
    // Φ(1) and Φ(1.01) of a table
    const [at, next] = [0.8413447460685429, 0.8437523549787455];
    expect((1.01 * next - at) / 0.01).toBeCloseTo(geluSlope64(1.005), 4);
    expect(geluSlope64(-1.005)).toBeCloseTo(1 - geluSlope64(1.005), 12);
  });

  test('of values far out, and of none', async () => {
    const x = Float32Array.of(0, 17, -17, 1e10, -1e10, 3e38, -3e38, Infinity, -Infinity);
    const slopes = await slopesOf(
      x,
      x.map(() => 1),
    );
    expect(relativeDifference(slopes, [0.5, 1, 0, 1, 0, 1, 0, 1, 0])).toBeLessThan(1e-25);
    expect(await slopesOf(Float32Array.of(Number.NaN), Float32Array.of(1))).toEqual(
      Float32Array.of(Number.NaN),
    );
  });
});

describe('the gate of SwiGLU', () => {
  test.each([
    [1, 1],
    [2, 3],
    [3, 4],
    [5, 7],
    [3, 1023],
    [300, 130],
  ])('on %d rows of twice %d', async (rows, width) => {
    const x = noise(2 * rows * width).map((value) => 6 * value);
    const dy = noise(rows * width, 2);
    const run = (): Tensor[] => {
      const inputs = { x: tensor(x, [rows, 2 * width]), dy: tensor(dy, [rows, width]) };
      return backwardOp(SILU_GATE_BACKWARD, inputs, {});
    };
    const [result] = await resultsOn('simd', run);
    expect(result?.shape).toEqual([rows, 2 * width]);
    expect(relativeDifference(result?.values ?? [], siluGateBackward64(x, dy, width))).toBeLessThan(
      TOLERANCE,
    );
  });

  test('the loops in float64 agree with differences of the result', () => {
    const [gate, value, step] = [0.7, -1.3, 1e-4];
    const silu = (x: number): number => x / (1 + Math.exp(-x));
    const [byGate, byValue] = siluGateBackward64(Float32Array.of(gate, value), Float32Array.of(1), 1);
    expect(((silu(gate + step) - silu(gate - step)) / (2 * step)) * value).toBeCloseTo(byGate!, 6);
    expect(silu(gate)).toBeCloseTo(byValue!, 6);
  });
});

test('nothing is written beside a result', async () => {
  const [x, dy] = [() => noiseTensor([45, 23]), () => noiseTensor([45, 23], 2)];
  await expectNothingBeside(1035, () => {
    const inputs = { x: x(), gamma: noiseTensor([23], 3) as Tensor1D, dy: dy() };
    return () => backwardOp(LAYER_NORM_BACKWARD, inputs, { epsilon: 1 })[0]!;
  });
  await expectNothingBeside(1035, () => {
    const inputs = { x: x(), dy: dy() };
    return () => backwardOp(GELU_BACKWARD, inputs, {})[0]!;
  });
  await expectNothingBeside(2070, () => {
    const inputs = { x: noiseTensor([45, 46]), dy: dy() };
    return () => backwardOp(SILU_GATE_BACKWARD, inputs, {})[0]!;
  });
});
