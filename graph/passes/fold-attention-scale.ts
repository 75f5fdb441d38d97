/** The factor of attention's scores, into the weight of the queries. */
import { FUSED_ATTENTION, FUSED_LINEAR } from '../../ops/kernel-names.ts';
import { constantOf, fixedLength } from '../ir/build.ts';
import { type Graph, inputOf, type Operation } from '../ir/graph.ts';
import { countUses, rewrite } from '../ir/rewrite.ts';
import { type ConstantLinear, scaledLinear } from './fold-layer-scale.ts';

/**
 * Scales the rows of the weight that give queries, where nothing but attention takes what they give.
 *
 * With heads of 64, as in all published models, the factor is 1/8 and no value is rounded otherwise.
 */
export function foldAttentionScale(graph: Graph): Graph {
  const uses = countUses(graph);
  return rewrite(graph, (attention, original) => {
    const { scale } = attention.attributes;
    if (attention.kernel !== FUSED_ATTENTION || typeof scale !== 'number' || scale === 1) return attention;
    const qkv = inputOf(attention, 'qkv');
    const usedOnce = uses.get(inputOf(original, 'qkv')) === 1;
    if (qkv.kind !== 'operation' || !isPlainLinear(qkv) || !usedOnce) return attention;
    const width = fixedLength(attention.shape, attention.shape.length - 1);
    const factors = new Float32Array(3 * width).fill(1).fill(scale, 0, width);
    const scaled = scaledLinear(qkv, constantOf(factors, [3 * width]));
    return {
      ...attention,
      inputs: { ...attention.inputs, qkv: scaled },
      attributes: { ...attention.attributes, scale: 1 },
    };
  });
}

/** A product with a constant, and nothing after it but a constant bias. */
function isPlainLinear(operation: Operation): operation is ConstantLinear {
  const { kernel, inputs, attributes } = operation;
  const { weight, bias, residual } = inputs;
  return (
    kernel === FUSED_LINEAR &&
    attributes.activation === 'none' &&
    weight?.kind === 'constant' &&
    (bias === undefined || bias.kind === 'constant') &&
    residual === undefined
  );
}
