/** The figures of a graph, against what they are by hand. */
import { setDevice } from '../../backends/devices.ts';
import { trace } from '../../graph/tracing/trace.ts';
import { withSmallModel } from '../../lib/testing/small-model.ts';

beforeAll(() => setDevice('simd', { threads: 1 }));

/** Of the small model: channels times pixels of a patch, patches, tokens, width, feed-forward width. */
const [CP, N, T, D, F] = [3 * 4 * 4, 16, 1 + 3 + 16, 16, 64];
const BLOCKS = 2;

test('arithmetic, parameters and memory of a small model', () =>
  withSmallModel(async (model) => {
    const { batch, flops, parameters, parameterBytes, activationBytes, operations, kernels } = (
      await trace(model, { shape: [1, 3, 16, 16] })
    ).summary();
    expect(batch).toBe(1);
    const attention = T * D * 3 * D + 2 * T * T * D + T * D * D;
    expect(flops).toBe(2 * (N * CP * D + BLOCKS * (attention + 2 * T * D * F)));
    // CLS and the registers have their places added already; layer scale is part of the weights before it
    const positions = (4 + N) * D;
    const norm = 2 * D;
    const block = 2 * norm + (D + 1) * 3 * D + (D + 1) * D + (D + 1) * F + (F + 1) * D;
    expect(parameters).toBe(positions + (CP + 1) * D + BLOCKS * block + norm);
    expect(parameterBytes).toBe(4 * parameters);
    // where the feed-forward network is widest: its result, what it was made of, and the residual stream
    expect(activationBytes).toBe(4 * (T * F + 2 * T * D));
    expect(Object.values(kernels).reduce((sum, count) => sum + count, 0)).toBe(operations);
    expect(kernels).toMatchObject({ Dinov2FusedAttention: BLOCKS, Dinov2FusedLayerNorm: 2 * BLOCKS + 1 });
  }));

test('what grows with the batch grows in proportion, weights do not', () =>
  withSmallModel(async (model) => {
    const graph = await trace(model, { shape: [1, 3, 16, 16] });
    const [one, five] = [graph.summary(), graph.summary(5)];
    expect(five).toEqual({
      ...one,
      batch: 5,
      flops: 5 * one.flops,
      activationBytes: 5 * one.activationBytes,
    });
    const fixed = await trace(model, { shape: [5, 3, 16, 16] }, { batch: 'fixed' });
    expect(fixed.summary()).toMatchObject({ batch: 5, flops: five.flops });
    expect(fixed.summary(5)).toEqual(fixed.summary());
  }));

test('batches that are none are refused, and others than a fixed one', () =>
  withSmallModel(async (model) => {
    const free = await trace(model, { shape: [1, 3, 16, 16] });
    for (const batch of [0, 1.5, Number.NaN]) {
      expect(() => free.summary(batch)).toThrow(/summary: expected a batch of at least 1, got/);
    }
    const fixed = await trace(model, { shape: [2, 3, 16, 16] }, { batch: 'fixed' });
    expect(() => fixed.summary(3)).toThrow(/summary: expected a batch of 2, got 3/);
  }));
