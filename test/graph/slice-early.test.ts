/** Leaving tokens out early. */
import { dispose, randomNormal, slice, type Tensor3D } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { evaluate } from '../../graph/evaluate.ts';
import { type Graph, operationsOf } from '../../graph/ir/graph.ts';
import { foldLayerScale } from '../../graph/passes/fold-layer-scale.ts';
import { sliceEarly } from '../../graph/passes/slice-early.ts';
import type { NamedTensors } from '../../graph/record/record.ts';
import { traceProgram } from '../../graph/record/trace-program.ts';
import { withSmallModel } from '../../lib/testing/small-model.ts';
import { FUSED_ATTENTION } from '../../ops/attention.ts';
import { FUSED_LINEAR } from '../../ops/linear.ts';
import { BATCH, type Dimension } from '../../shapes/batch-dimension.ts';

beforeAll(() => setDevice('cpu'));

const TOKENS = 1 + 3 + 16;

/** The lengths of the token axis that operations of a kernel have, in order. */
function lengthsOf(graph: Graph, kernel: string): (Dimension | undefined)[] {
  return operationsOf(graph).flatMap((operation) => (operation.kernel === kernel ? operation.shape[1] : []));
}

/** The graph of what a small model and something after it compute, before and after the pass. */
async function withGraphs(
  finish: (outputs: NamedTensors) => NamedTensors,
  check: (before: Graph, after: Graph) => void | Promise<void>,
): Promise<void> {
  await withSmallModel(async (model) => {
    const program = model.program({});
    const graph = await traceProgram(
      (given) => finish(program(given)),
      [{ name: 'pixel_values', shape: [BATCH, 3, 16, 16], dtype: 'float32' }],
    );
    const before = foldLayerScale(graph);
    await check(before, sliceEarly(before));
  });
}

async function expectSameResults(before: Graph, after: Graph): Promise<void> {
  const feeds = Object.fromEntries(
    before.inputs.map(({ name, shape }) => [
      name,
      randomNormal(
        shape.map((length) => (typeof length === 'number' ? length : 2)),
        0,
        1,
        'float32',
        1,
      ),
    ]),
  );
  const [expected, actual] = [await evaluate(before, feeds), await evaluate(after, feeds)];
  for (const [name, value] of Object.entries(expected)) {
    expect(actual[name]?.shape).toEqual(value.shape);
    const values = await value.data();
    for (const [i, each] of (await actual[name]?.data())?.entries() ?? []) {
      expect(each).toBeCloseTo(values[i] ?? Number.NaN, 5);
    }
  }
  dispose([feeds, expected, actual]);
}

test('only CLS goes through the end of the last block, and is the only query of its attention', () =>
  withGraphs(
    ({ pooler_output }) => ({ pooler_output }) as NamedTensors,
    async (before, after) => {
      expect(lengthsOf(before, FUSED_ATTENTION.name)).toEqual([TOKENS, TOKENS]);
      expect(lengthsOf(after, FUSED_ATTENTION.name)).toEqual([TOKENS, 1]);
      // patches, then q·k·v, projection and two layers of the MLP for each block
      expect(lengthsOf(after, FUSED_LINEAR.name)).toEqual([
        16,
        TOKENS,
        TOKENS,
        TOKENS,
        TOKENS,
        TOKENS,
        1,
        1,
        1,
      ]);
      await expectSameResults(before, after);
    },
  ));

test('nothing is left out of what another output needs', () =>
  withGraphs(
    (outputs) => outputs,
    (before, after) => {
      expect(after).toBe(before);
    },
  ));

test('tokens that are not the first ones are left out up to attention, which has all queries', () =>
  withGraphs(
    ({ last_hidden_state }) => ({
      patches: slice(last_hidden_state as Tensor3D, [0, 4, 0], [-1, 5, -1]),
    }),
    async (before, after) => {
      expect(lengthsOf(after, FUSED_ATTENTION.name)).toEqual([TOKENS, TOKENS]);
      expect(lengthsOf(after, FUSED_LINEAR.name).slice(-3)).toEqual([5, 5, 5]);
      await expectSameResults(before, after);
    },
  ));

test.each([
  ['keys alone', 1, 1],
  ['queries and keys', TOKENS, TOKENS],
])('a mask of %s is obeyed', (_, rows, queries) =>
  withSmallModel(async (model) => {
    const program = model.program({});
    const graph = await traceProgram(
      (given) => ({ pooler_output: program(given).pooler_output }) as NamedTensors,
      [
        { name: 'pixel_values', shape: [BATCH, 3, 16, 16], dtype: 'float32' },
        { name: 'attention_mask', shape: [BATCH, 1, rows, TOKENS], dtype: 'float32' },
      ],
    );
    const before = foldLayerScale(graph);
    const after = sliceEarly(before);
    expect(lengthsOf(after, FUSED_ATTENTION.name)).toEqual([TOKENS, queries === 1 ? 1 : TOKENS]);
    await expectSameResults(before, after);
  }),
);

test('a slice of other axes stays where it is', () =>
  withGraphs(
    ({ last_hidden_state }) => ({ some: slice(last_hidden_state as Tensor3D, [0, 0, 2], [-1, 1, 3]) }),
    (before, after) => {
      expect(after).toBe(before);
    },
  ));
