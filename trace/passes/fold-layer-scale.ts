/** Factors after a product, into its weight. */
import { FUSED_LINEAR } from '../../ops/kernel-names.ts';
import { fixedShape, operation, pair, reshape } from '../graph/build.ts';
import { type Graph, inputOf, type Operation, type Value } from '../graph/graph.ts';
import { rewrite } from '../graph/rewrite.ts';

/**
 * residual + γ · (x Wᵀ + b) becomes residual + (x (γ W)ᵀ + γ b), where γ, W and b are constants.
 *
 * Layer scale costs nothing then. Rounding moves by one step of float32.
 */
export function foldLayerScale(graph: Graph): Graph {
  return rewrite(graph, (linear) => {
    const { residual, scale, ...inputs } = linear.inputs;
    if (linear.kernel !== FUSED_LINEAR || residual === undefined || scale?.kind !== 'constant') return linear;
    if (inputs.weight?.kind !== 'constant') return linear;
    return pair('Add', residual, scaledLinear({ ...linear, inputs }, scale));
  });
}

/**
 * A linear operation whose outputs are multiplied by factors.
 *
 * @param linear without an activation; its weight and bias are constants
 * @param factors [N], a constant
 */
export function scaledLinear(linear: Operation, factors: Value): Operation {
  const { bias, ...inputs } = linear.inputs;
  const weight = inputOf(linear, 'weight');
  const [outputs = 0] = fixedShape(weight.shape);
  const scaled = pair('Multiply', weight, reshape(factors, [outputs, 1]));
  const scaledBias = bias && { bias: pair('Multiply', bias, factors) };
  return operation(
    FUSED_LINEAR,
    { ...inputs, weight: scaled, ...scaledBias },
    linear.attributes,
    linear.shape,
    linear.dtype,
  );
}
