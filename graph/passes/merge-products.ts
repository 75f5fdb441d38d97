/** Products of one value with several weights, merged into one. */
import { FUSED_LINEAR } from '../../ops/linear.ts';
import { constantOf, inputOf, type Operation, type Value } from '../../ops/operation.ts';
import { fixedLength } from '../../shapes/batch-dimension.ts';
import { type Graph, operationsOf } from '../ir/graph.ts';
import { changed } from '../kernels/build.ts';
import { concat, sliceAlong } from '../kernels/structure.ts';
import { rewrite } from './rewrite.ts';

/**
 * Linear operations on the same value become one, whose outputs are taken apart: queries, keys and values that a program
 * computes by three layers, for instance.
 *
 * Only those with constant weights, the same activation and no residual.
 */
export function mergeProducts(graph: Graph): Graph {
  const groups = new Map<Value, Operation[]>();
  for (const linear of operationsOf(graph)) {
    if (!canMerge(linear)) continue;
    const x = inputOf(linear, 'x');
    groups.set(x, [...(groups.get(x) ?? []), linear]);
  }
  const merged = new Map<Operation, Operation>();
  return rewrite(graph, (linear, original) => {
    const group = (groups.get(original.inputs.x ?? linear) ?? []).filter(
      ({ attributes }) => attributes.activation === linear.attributes.activation,
    );
    const [first] = group;
    if (first === undefined || group.length < 2 || !group.includes(original)) return linear;
    const whole = merged.get(first) ?? mergedLinear(group, inputOf(linear, 'x'));
    merged.set(first, whole);
    const axis = linear.shape.length - 1;
    const before = group.slice(0, group.indexOf(original));
    const begin = before.reduce((sum, { shape }) => sum + fixedLength(shape, axis), 0);
    return sliceAlong(whole, axis, begin, fixedLength(linear.shape, axis));
  });
}

function canMerge({ kernel, inputs }: Operation): boolean {
  const { weight, bias, residual } = inputs;
  return (
    kernel === FUSED_LINEAR.name &&
    weight?.kind === 'constant' &&
    (bias === undefined || bias.kind === 'constant') &&
    residual === undefined
  );
}

function mergedLinear(group: readonly Operation[], x: Value): Operation {
  const [first] = group;
  if (first === undefined) throw new Error('internal: an empty group');
  const weight = concat(
    group.map((linear) => inputOf(linear, 'weight')),
    0,
  );
  const biases = group.map(({ inputs, shape }): Value => {
    const outputs = fixedLength(shape, shape.length - 1);
    return inputs.bias ?? constantOf(new Float32Array(outputs), [outputs]);
  });
  return changed(first, { inputs: { x, weight, bias: concat(biases, 0) } });
}
