/** What taps keep, against a block computed number by number in double precision; who owns it; and what runs. */
import {
  dispose,
  engine,
  type Rank,
  type ShapeMap,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor,
  tensor3d,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core';
import { setDevice } from '../backends/devices.ts';
import { FUSED_ATTENTION } from '../ops/attention.ts';
import { linearWeight } from '../ops/linear-weight.ts';
import { elementCount } from '../shapes/element-count.ts';
import { Block, type BlockOptions } from './block.ts';
import { Encoder } from './encoder.ts';
import type { Taps } from './taps.ts';
import type { WeightReader } from './weight-reader.ts';

const [B, T, D, A, K] = [2, 5, 6, 2, 4];
const OPTIONS: BlockOptions = {
  dim: D,
  numHeads: A,
  headSize: K,
  qkvBias: true,
  ffn: 'mlp',
  hiddenDim: 7,
  activation: 'gelu',
  epsilon: 1e-6,
};

const waves = (size: number, start: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => Math.sin((start + i) * (start + i)));

/** Weights without a pattern that repeats, and their values by name. */
class WaveWeights implements WeightReader {
  readonly values = new Map<string, Float32Array>();
  readonly made: Tensor[] = [];

  scope(prefix: string): WeightReader {
    return {
      scope: (inner) => this.scope(`${prefix}.${inner}`),
      read: (name, shape) => this.read(`${prefix}.${name}`, shape),
      readLinear: (name, shape) => this.readLinear(`${prefix}.${name}`, shape),
    };
  }

  async read<R extends Rank>(name: string, shape: ShapeMap[R]): Promise<Tensor<R>> {
    const made = tensor<R>(this.wavesOf(name, shape), shape, 'float32');
    this.made.push(made);
    return made;
  }

  async readLinear(name: string, [rows, ...rest]: readonly [number, ...number[]]): Promise<Tensor2D> {
    const values = this.wavesOf(name, [rows, ...rest]);
    const parts = [{ bytes: new Uint8Array(values.slice().buffer), dtype: 'F32' as const, rows }];
    const made = linearWeight(parts, [rows, elementCount(rest)]);
    this.made.push(made);
    return made;
  }

  private wavesOf(name: string, shape: readonly number[]): Float32Array {
    const values = waves(elementCount(shape), 3 + 50 * this.values.size);
    this.values.set(name, values);
    return values;
  }
}

/** Token t of image b as numbers. */
type Rows = number[][];

const rowsOf = (values: Float32Array, length: number): Rows =>
  Array.from({ length: values.length / length }, (_, i) => [...values.slice(i * length, (i + 1) * length)]);

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? Number.NaN), 0);

function plainNorm(rows: Rows, weight: Float32Array, bias: Float32Array): Rows {
  return rows.map((row) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
    return row.map(
      (value, i) =>
        ((value - mean) / Math.sqrt(variance + 1e-6)) * (weight[i] ?? Number.NaN) + (bias[i] ?? Number.NaN),
    );
  });
}

/** What the taps of one block should keep, of x and the values of its weights. */
function plainTaps(x: Float32Array, values: ReadonlyMap<string, Float32Array>, mask?: Float32Array) {
  const of = (name: string): Float32Array => values.get(name) ?? new Float32Array();
  const plainLinear = (rows: Rows, name: string, inputs: number): Rows =>
    rows.map((row) =>
      rowsOf(of(`${name}.weight`), inputs).map(
        (weight, n) => dot(row, weight) + (of(`${name}.bias`)[n] ?? Number.NaN),
      ),
    );
  const rows = rowsOf(x, D);
  const norm1 = plainNorm(rows, of('norm1.weight'), of('norm1.bias'));
  const qkv = plainLinear(norm1, 'attn.qkv', D);
  const perHead = (part: number): Rows =>
    [...Array(B * A * T).keys()].map((i) => {
      const [b, a, t] = [Math.floor(i / (A * T)), Math.floor(i / T) % A, i % T];
      const start = (part * A + a) * K;
      return qkv[b * T + t]?.slice(start, start + K) ?? [];
    });
  const [q, k, v] = [perHead(0), perHead(1), perHead(2)];
  const attention = q.map((query, i) => {
    const first = Math.floor(i / T) * T;
    const scores = k
      .slice(first, first + T)
      .map((key, j) => dot(query, key) / Math.sqrt(K) + (mask?.[Math.floor(i / (A * T)) * T + j] ?? 0));
    const exps = scores.map(Math.exp);
    return exps.map((value) => value / exps.reduce((sum, each) => sum + each, 0));
  });
  const merged = rows.map((_, row) =>
    Array.from({ length: A * K }, (_, n) => {
      const [b, t, a] = [Math.floor(row / T), row % T, Math.floor(n / K)];
      const first = (b * A + a) * T;
      const column = v.slice(first, first + T).map((value) => value[n % K] ?? Number.NaN);
      return dot(attention[first + t] ?? [], column);
    }),
  );
  const added = plainLinear(merged, 'attn.proj', A * K).map((row, r) =>
    row.map((value, i) => (rows[r]?.[i] ?? Number.NaN) + (of('ls1.gamma')[i] ?? Number.NaN) * value),
  );
  const norm2 = plainNorm(added, of('norm2.weight'), of('norm2.bias'));
  return { norm1, q, k, v, attention, norm2 };
}

const SHAPES = {
  norm1: [B, T, D],
  q: [B, A, T, K],
  k: [B, A, T, K],
  v: [B, A, T, K],
  attention: [B, A, T, T],
  norm2: [B, T, D],
};
const NAMES = ['norm1', 'q', 'k', 'v', 'attention', 'norm2'] as const satisfies (keyof Taps)[];

function expectClose(kept: Tensor | undefined, expected: Rows): void {
  const values = kept?.dataSync() ?? [];
  const misses = expected.flat().filter((value, i) => !(Math.abs(value - (values[i] ?? Number.NaN)) < 2e-5));
  expect([values.length, misses]).toEqual([expected.flat().length, []]);
}

describe.each(['cpu', 'simd'] as const)('on %s', (device) => {
  let weights: WaveWeights;
  let block: Block;
  let x: Tensor3D;

  beforeAll(async () => {
    await setDevice(device);
    weights = new WaveWeights();
    block = await Block.load(weights, OPTIONS);
    x = tensor3d(waves(B * T * D, 1), [B, T, D]);
  });

  afterAll(() => dispose([x, ...weights.made]));

  test.each(NAMES)('%s alone is kept', (name) => {
    const kept: Tensor[] = [];
    block.forward(x, { taps: { [name]: kept } }).dispose();
    expect(kept.map(({ shape }) => shape)).toEqual([SHAPES[name]]);
    expectClose(kept[0], plainTaps(waves(B * T * D, 1), weights.values)[name]);
    dispose(kept);
  });

  test('all at once, with a mask', () => {
    const values = Float32Array.from({ length: B * T }, (_, i) => (i % 3 === 1 ? -1e9 : i / 10));
    const mask = tensor4d(values, [B, 1, 1, T]);
    const taps = { norm1: [], q: [], k: [], v: [], attention: [], norm2: [] } satisfies Taps;
    block.forward(x, { mask, taps }).dispose();
    const expected = plainTaps(waves(B * T * D, 1), weights.values, values);
    for (const name of NAMES) expectClose(taps[name][0], expected[name]);
    dispose([mask, taps]);
  });

  test('only the weights of the attention change what runs', async () => {
    const kernelsOf = async (taps?: Taps) => {
      const { kernelNames, result } = await engine().profile(() => block.forward(x, { taps }));
      const values = (result as Tensor).dataSync();
      dispose([result as Tensor, taps]);
      return { fused: kernelNames.includes(FUSED_ATTENTION.name), values };
    };
    const untapped = await kernelsOf();
    expect(untapped.fused).toBe(device === 'simd');
    expect(await kernelsOf({ norm1: [], q: [], k: [], v: [], norm2: [] })).toEqual(untapped);
    const { fused, values } = await kernelsOf({ attention: [] });
    expect(fused).toBe(false);
    for (const [i, value] of values.entries()) expect(value).toBeCloseTo(untapped.values[i] ?? Number.NaN, 4);
  });

  test('an encoder taps its blocks in order, or some of them', () => {
    const encoder = new Encoder([block, block, block]);
    const all: Tensor3D[] = [];
    const some: Tensor3D[] = [];
    const { output, hiddenStates } = encoder.forward(x, {
      taps: { norm1: all },
      keepHiddenStates: new Set([0, 2]),
    });
    const other = encoder.forward(x, { taps: { norm1: some }, tappedBlocks: new Set([0, 2]) });
    const ofStates = [...hiddenStates.values()].map((state) => block.norm1.forward(state));
    const values = (tensors: Tensor[]) => tensors.map((each) => each.dataSync());
    expect(values(some)).toEqual(values(ofStates));
    expect(values(all)).toEqual([some[0], all[1], some[1]].map((each) => each?.dataSync()));
    dispose([output, other.output, ...hiddenStates.values(), all, some, ofStates]);
  });

  test('a tidy around a pass frees what is kept', () => {
    const before = engine().state.numTensors;
    tidy(() => {
      block.forward(x, { taps: { q: [], attention: [], norm2: [] } });
      return undefined;
    });
    expect(engine().state.numTensors).toBe(before);
  });

  test('a pass that fails frees what was kept before', () => {
    const before = engine().state.numTensors;
    const fail = () => {
      throw new Error('on purpose');
    };
    const failing = new Block({ ...block, mlp: { ...block.mlp, forward: fail } });
    const taps = { q: [], k: [], attention: [] as Tensor4D[], norm1: [], norm2: [] };
    const run = () => new Encoder([block, failing]).forward(x, { keepHiddenStates: new Set([0, 1]), taps });
    expect(run).toThrow('on purpose');
    expect(taps.attention.map(({ isDisposed }) => isDisposed)).toEqual([true, true]);
    expect(engine().state.numTensors).toBe(before);
  });
});
