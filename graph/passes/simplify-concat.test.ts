/** Rows that are put together, added to, and taken apart. */

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { constantOf } from '../../ops/operation.ts';
import { BATCH, type Dimension } from '../../shapes/batch-dimension.ts';
import type { Graph } from '../ir/graph.ts';
import { operation } from '../kernels/build.ts';
import { concat } from '../kernels/structure.ts';
import { expectEquivalent, kernelsOf, traceOf } from '../testing/traced.ts';
import { foldConstants } from './fold-constants.ts';
import { simplifyConcat } from './simplify-concat.ts';

beforeAll(() => setDevice('cpu'));

/** What `optimise` makes of concatenations. */
function simplified(graph: Graph): Graph {
  return foldConstants(simplifyConcat(foldConstants(simplifyConcat(graph))));
}

async function kernelsAfter(
  run: (x: Tensor) => Tensor,
  shape: readonly Dimension[] = [BATCH, 4, 2],
): Promise<string[]> {
  const graph = await traceOf(shape, run);
  const result = simplified(graph);
  await expectEquivalent(result, graph, 0);
  return kernelsOf(result);
}

function batchOf(x: Tensor): number {
  return x.shape[0] ?? 0;
}

/** [B, rows, 2], the same for every image. */
function rowsFor(x: Tensor, rows: number): Tensor {
  const table = tf.tensor(
    new Float32Array(rows * 2).map((_, i) => i + 1),
    [1, rows, 2],
  );
  return tf.tile(table, [batchOf(x), 1, 1]);
}

function positions(rows: number): Tensor {
  return tf.tensor(new Float32Array(rows * 2).map(Math.sin), [1, rows, 2]);
}

test('CLS, positions and registers of a model: what is the same for all images is put together once', async () => {
  const kernels = await kernelsAfter((x) => {
    const tokens = tf.add(tf.concat([rowsFor(x, 1), x], 1), positions(5));
    const [cls, patches] = tf.split(tokens, [1, 4], 1) as [Tensor, Tensor];
    return tf.concat([cls, rowsFor(x, 3), patches], 1);
  });
  expect(kernels.sort()).toEqual(['Add', 'Concat', 'Tile']);
});

describe('a constant after a concatenation', () => {
  test.each<[string, (a: Tensor, b: Tensor) => Tensor]>([
    ['is added', tf.add],
    ['is subtracted', tf.sub],
    ['is multiplied', tf.mul],
  ])('%s to each part', async (_, pair) => {
    const kernels = await kernelsAfter((x) => pair(tf.concat([tf.exp(x), x], 1), positions(8)));
    expect(kernels.at(-1)).toBe('Concat');
  });

  test('of a larger shape stretches the parts', async () => {
    const kernels = await kernelsAfter(
      (x) => tf.add(tf.concat([tf.exp(x), x], 1), tf.ones([5, 8, 2])),
      [1, 4, 2],
    );
    expect(kernels.at(-1)).toBe('Concat');
  });

  test.each<[string, (x: Tensor) => Tensor]>([
    ['that has one row for all', (x) => tf.add(tf.concat([tf.exp(x), x], 1), positions(1))],
    ['with fewer axes', (x) => tf.add(tf.concat([tf.exp(x), x], 1), tf.ones([8, 2]))],
    ['in front', (x) => tf.sub(positions(8), tf.concat([tf.exp(x), x], 1))],
    ['by which is divided', (x) => tf.div(tf.concat([tf.exp(x), x], 1), positions(8))],
  ])('%s stays where it is', async (_, run) => {
    const graph = await traceOf([BATCH, 4, 2], run);
    expect(simplifyConcat(graph)).toBe(graph);
  });
});

describe('a constant after a tiling', () => {
  test('that has one slice for it goes before', async () => {
    expect(await kernelsAfter((x) => tf.concat([tf.add(rowsFor(x, 3), positions(3)), x], 1))).toEqual([
      'Tile',
      'Concat',
    ]);
    expect(await kernelsAfter((x) => tf.concat([tf.add(rowsFor(x, 3), positions(1)), x], 1))).toEqual([
      'Tile',
      'Concat',
    ]);
  });

  test('with more slices stays', async () => {
    const tiled = (x: Tensor) => tf.add(tf.tile(tf.zeros([1, 1, 2]), [batchOf(x), 4, 1]), positions(4));
    const graph = await traceOf([BATCH, 4, 2], (x) => tf.add(tiled(x), x));
    expect(simplifyConcat(graph)).toBe(graph);
  });

  test('with fewer axes stays', async () => {
    const graph = await traceOf([BATCH, 4, 2], (x) => tf.add(tf.add(rowsFor(x, 4), tf.ones([4, 2])), x));
    expect(simplifyConcat(graph)).toBe(graph);
  });
});

describe('a slice of a concatenation', () => {
  const joined = (x: Tensor) => tf.concat([tf.exp(x), x, tf.neg(x)], 1);

  test.each<[string, number, number, string[]]>([
    ['that is one part', 4, 4, []],
    ['that is the first part', 0, 4, ['Exp']],
    ['that lies within a part', 5, 2, ['Slice']],
    ['that begins where a part ends', 8, 1, ['Neg', 'Slice']],
    ['that is two parts', 4, 8, ['Neg', 'Concat']],
    ['that is all of it', 0, 12, ['Exp', 'Neg', 'Concat']],
  ])('%s is taken from the parts', async (_, begin, length, expected) => {
    expect(await kernelsAfter((x) => tf.slice(joined(x), [0, begin, 0], [-1, length, -1]))).toEqual(expected);
  });

  test.each<[string, (x: Tensor) => Tensor]>([
    ['across a border', (x) => tf.slice(joined(x), [0, 3, 0], [-1, 2, -1])],
    ['beyond a whole part', (x) => tf.slice(joined(x), [0, 0, 0], [-1, 5, -1])],
    ['of another axis too', (x) => tf.slice(joined(x), [0, 4, 1], [-1, 4, 1])],
    ['of the batch', (x) => tf.slice(tf.concat([x, tf.exp(x)], 0), [batchOf(x), 0, 0], [batchOf(x), -1, -1])],
    [
      'of the first of two batches',
      (x) => tf.slice(tf.concat([x, tf.exp(x)], 0), [0, 0, 0], [batchOf(x), -1, -1]),
    ],
  ])('%s stays', async (_, run) => {
    const graph = await traceOf([BATCH, 4, 2], run);
    expect(simplifyConcat(graph)).toBe(graph);
  });
});

describe('parts', () => {
  test('of parts along the same axis become parts', async () => {
    const kernels = await kernelsAfter((x) => tf.concat([tf.concat([x, tf.exp(x)], 1), tf.neg(x)], 1));
    expect(kernels).toEqual(['Exp', 'Neg', 'Concat']);
  });

  test('of parts along another axis stay', async () => {
    const graph = await traceOf([BATCH, 4, 2], (x) =>
      tf.concat([tf.concat([x, tf.exp(x)], 1), tf.concat([x, x], 1)], 2),
    );
    expect(simplifyConcat(graph)).toBe(graph);
  });

  test('that are constants become one', async () => {
    const graph = await traceOf([1, 4, 2], (x) =>
      tf.concat([positions(1), positions(2), positions(3), x], 1),
    );
    const result = simplified(graph);
    expect([...result.outputs.values()][0]).toMatchObject({
      inputs: { 0: { kind: 'constant', shape: [1, 6, 2] }, 1: { kind: 'input' } },
    });
    await expectEquivalent(result, graph, 0);
  });

  test('that are tiled as often become one', async () => {
    expect(await kernelsAfter((x) => tf.concat([x, rowsFor(x, 1), rowsFor(x, 2)], 1))).toEqual([
      'Tile',
      'Concat',
    ]);
  });

  test.each([
    ['otherwise', [BATCH, 1, 1], [BATCH, 1, 2]],
    ['along that axis', [BATCH, 2, 1], [BATCH, 2, 1]],
  ])('that are tiled %s stay', (_, ...reps) => {
    const tiles = reps.map((times) => {
      const x = constantOf(new Float32Array(4), [1, 2, 2]);
      return operation('Tile', { x }, { reps: times });
    });
    const graph = { inputs: [], outputs: new Map([['y', concat(tiles, 1)]]) };
    expect(simplifyConcat(graph)).toBe(graph);
  });

  test('that are slices one after the other become one, and the whole where they are that', async () => {
    const cut = (x: Tensor, begin: number, length: number) => tf.slice(x, [0, begin, 0], [-1, length, -1]);
    expect(await kernelsAfter((x) => tf.concat([cut(x, 1, 1), cut(x, 2, 2)], 1))).toEqual(['Slice']);
    expect(
      await kernelsAfter((x) => tf.neg(tf.concat([cut(x, 0, 1), cut(x, 1, 2), cut(x, 3, 1)], 1))),
    ).toEqual(['Neg']);
  });

  test('that are slices of some of another axis too do not become the whole', async () => {
    const half = (x: Tensor, begin: number) => tf.slice(x, [0, begin, 0], [-1, 2, 1]);
    expect(await kernelsAfter((x) => tf.concat([half(x, 0), half(x, 2)], 1))).toEqual(['Slice']);
  });

  test.each<[string, (x: Tensor) => Tensor]>([
    [
      'in another order',
      (x) => tf.concat([tf.slice(x, [0, 2, 0], [-1, 2, -1]), tf.slice(x, [0, 0, 0], [-1, 2, -1])], 1),
    ],
    [
      'with a gap',
      (x) => tf.concat([tf.slice(x, [0, 0, 0], [-1, 1, -1]), tf.slice(x, [0, 2, 0], [-1, 1, -1])], 1),
    ],
    [
      'at different places of another axis',
      (x) => tf.concat([tf.slice(x, [0, 0, 0], [-1, 2, 1]), tf.slice(x, [0, 2, 1], [-1, 2, 1])], 1),
    ],
    [
      'of two values',
      (x) => tf.concat([tf.slice(x, [0, 0, 0], [-1, 2, -1]), tf.slice(tf.exp(x), [0, 2, 0], [-1, 2, -1])], 1),
    ],
    ['of the batch', (x) => tf.concat([tf.slice(x, [0, 0, 0], [1, -1, -1]), tf.exp(x), x], 0)],
    ['of batches in batches', (x) => tf.concat([tf.concat([x, tf.exp(x)], 0), x], 0)],
  ])('that are slices %s stay', async (_, run) => {
    const graph = await traceOf([BATCH, 4, 2], run);
    expect(simplifyConcat(graph)).toBe(graph);
  });
});
