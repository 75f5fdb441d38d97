/** Layer scale, folded into the weight of the product before it. */
import { FUSED_LINEAR } from '../../ops/linear.ts';
import type { Constant, Operation } from '../../ops/operation.ts';
import type { Graph } from '../ir/graph.ts';
import { changed, pair } from '../kernels/build.ts';
import { rewrite } from './rewrite.ts';
import { scaleRows } from './scale-rows.ts';

/**
 * residual + γ · (x Wᵀ + b) becomes residual + (x (γ W)ᵀ + γ b), where γ, W and b are constants.
 *
 * Layer scale costs nothing then. Rounding moves by one step of float32.
 */
export function foldLayerScale(graph: Graph): Graph {
  return rewrite(graph, (linear) => {
    const { residual, scale, ...inputs } = linear.inputs;
    if (linear.kernel !== FUSED_LINEAR.name || linear.attributes.activation !== 'none') return linear;
    if (residual === undefined || scale?.kind !== 'constant') return linear;
    const { weight } = inputs;
    if (weight?.kind !== 'constant') return linear;
    const plain = { ...linear, inputs: { ...inputs, weight } };
    return pair('Add', residual, scaledLinear(plain, scale));
  });
}

/** A linear operation without an activation, whose weight is a constant. */
export interface ConstantLinear extends Operation {
  readonly inputs: Operation['inputs'] & { readonly weight: Constant };
}

/**
 * A linear operation whose outputs are multiplied by factors.
 *
 * @param factors [N]
 */
export function scaledLinear(linear: ConstantLinear, factors: Constant): Operation {
  const { bias, weight, ...inputs } = linear.inputs;
  const scaledBias = bias && { bias: pair('Multiply', bias, factors) };
  return changed(linear, { inputs: { ...inputs, weight: scaleRows(weight, factors), ...scaledBias } });
}
