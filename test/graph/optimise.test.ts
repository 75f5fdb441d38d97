/** All passes on whole models: what is left of a forward pass. */
import { setDevice } from '../../backends/devices.ts';
import { type Graph, operationsOf, valuesOf } from '../../graph/ir/graph.ts';
import { optimise } from '../../graph/passes/optimise.ts';
import { traceProgram } from '../../graph/record/trace-program.ts';
import { expectEquivalent, kernelsOf } from '../../graph/testing/traced.ts';
import { parameterNames } from '../../graph/tracing/trace.ts';
import { verify } from '../../graph/verify.ts';
import { withSmallModel } from '../../lib/testing/small-model.ts';
import { FUSED_ATTENTION } from '../../ops/attention.ts';
import { FUSED_LAYER_NORM } from '../../ops/layer-norm.ts';
import { FUSED_LINEAR } from '../../ops/linear.ts';
import { inputOf } from '../../ops/operation.ts';
import { BATCH } from '../../shapes/batch-dimension.ts';

/** A model of two blocks with three registers, as it is and optimised. */
async function withGraphs(run: (graph: Graph, optimised: Graph) => void | Promise<void>): Promise<void> {
  await withSmallModel(async (model) => {
    const input = { name: 'pixel_values', shape: [BATCH, 3, 16, 16], dtype: 'float32' } as const;
    const graph = await traceProgram(model.program({}), [input], parameterNames(model));
    await run(graph, optimise(graph));
  });
}

const DEVICES = ['cpu', 'simd'] as const;

describe.each(DEVICES)('on %s', (device) => {
  beforeAll(() => setDevice(device, device === 'simd' ? { threads: 1 } : {}));

  test('the same numbers, to within rounding', () =>
    withGraphs((graph, optimised) => expectEquivalent(optimised, graph, 1e-5)));

  test('nothing is left but products, attention, normalisation and residual sums', () =>
    withGraphs((_, optimised) => {
      const block = [
        FUSED_LAYER_NORM.name,
        FUSED_LINEAR.name,
        FUSED_ATTENTION.name,
        FUSED_LINEAR.name,
        'Add',
        FUSED_LAYER_NORM.name,
        FUSED_LINEAR.name,
        FUSED_LINEAR.name,
        'Add',
      ];
      const kernels = kernelsOf(optimised);
      const start = kernels.indexOf(FUSED_LAYER_NORM.name);
      expect(kernels.slice(start, start + 18)).toEqual([...block, ...block]);
      // CLS, its position and the registers are one constant, tiled once
      expect(kernels.slice(0, start).sort()).toEqual(
        ['Add', 'Concat', FUSED_LINEAR.name, 'Dinov2FusedExtractPatches', 'Tile'].sort(),
      );
      expect(kernels.slice(start + 18)).toEqual([FUSED_LAYER_NORM.name, 'Slice', 'Reshape']);
    }));

  test('layer scale and the factor of attention are in the weights', () =>
    withGraphs((_, optimised) => {
      for (const { kernel, inputs, attributes } of operationsOf(optimised)) {
        if (kernel === FUSED_ATTENTION.name) expect(attributes.scale).toBe(1);
        if (kernel === FUSED_LINEAR.name) {
          expect(Object.keys(inputs)).toEqual(['x', 'weight', 'bias']);
          expect(inputs.weight?.kind).toBe('constant');
        }
      }
    }));

  test('weights keep the names of the model', () =>
    withGraphs((_, optimised) => {
      const names = operationsOf(optimised)
        .filter(({ kernel }) => kernel === FUSED_LINEAR.name)
        .map((linear) => {
          const weight = inputOf(linear, 'weight');
          return weight.kind === 'constant' ? weight.name : undefined;
        });
      expect(names).toHaveLength(9);
      expect(names[0]).toBe('patch_embed.proj.weight');
      expect(names.slice(1)).toEqual(
        names.slice(1).map(() => expect.stringMatching(/^blocks\.\d\..*weight/)),
      );
      expect(new Set(names).size).toBe(9);
    }));

  test('a second time changes nothing', () =>
    withGraphs((_, optimised) => {
      expect(optimise(optimised)).toBe(optimised);
      expect(kernelsOf(optimise(optimised))).toEqual(kernelsOf(optimised));
      expect(valuesOf(optimise(optimised))).toHaveLength(valuesOf(optimised).length);
    }));
});

test('every pass leaves a graph that fits together', () =>
  withGraphs((graph) => {
    let passes = 0;
    optimise(graph, (each) => {
      passes++;
      verify(each);
    });
    // at least two rounds of both stages
    expect(passes).toBeGreaterThanOrEqual(2 * 7 + 2 * 3);
  }));

test('inputs and outputs stay as they are', () =>
  withGraphs((graph, optimised) => {
    expect(optimised.inputs).toEqual(graph.inputs);
    expect([...optimised.outputs.keys()]).toEqual([...graph.outputs.keys()]);
    const shapes = ({ outputs }: Graph) => [...outputs.values()].map(({ shape }) => shape);
    expect(shapes(optimised)).toEqual(shapes(graph));
  }));
