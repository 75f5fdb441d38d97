/** The factor of attention's scores, folded into the weight of the queries. */
import { FUSED_ATTENTION } from '../../ops/attention.ts';
import { isPlain } from '../../ops/linear.ts';
import { constantOf, inputOf, type Operation } from '../../ops/operation.ts';
import { fixedLength } from '../../shapes/batch-dimension.ts';
import { countUses, type Graph } from '../ir/graph.ts';
import { changed } from '../kernels/build.ts';
import { type ConstantLinear, scaledLinear } from './fold-layer-scale.ts';
import { rewrite } from './rewrite.ts';

/**
 * Scales the rows of the weight that give queries, where nothing but attention takes what they give.
 *
 * With heads of 64, as in all published models, the factor is 1/8 and no value is rounded otherwise.
 */
export function foldAttentionScale(graph: Graph): Graph {
  const uses = countUses(graph);
  return rewrite(graph, (attention, original) => {
    const { scale } = attention.attributes;
    if (attention.kernel !== FUSED_ATTENTION.name || typeof scale !== 'number' || scale === 1)
      return attention;
    const qkv = inputOf(attention, 'qkv');
    const usedOnce = uses.get(inputOf(original, 'qkv')) === 1;
    if (qkv.kind !== 'operation' || !isPlainLinear(qkv) || !usedOnce) return attention;
    const width = fixedLength(attention.shape, attention.shape.length - 1);
    const factors = new Float32Array(3 * width).fill(1).fill(scale, 0, width);
    const scaled = scaledLinear(qkv, constantOf(factors, [3 * width]));
    return changed(attention, {
      inputs: { ...attention.inputs, qkv: scaled },
      attributes: { ...attention.attributes, scale: 1 },
    });
  });
}

/** A product with a constant, and nothing after it but a constant bias. */
function isPlainLinear(operation: Operation): operation is ConstantLinear {
  const { weight, bias } = operation.inputs;
  const isConstant = weight?.kind === 'constant' && (bias === undefined || bias.kind === 'constant');
  return isConstant && isPlain(operation);
}
