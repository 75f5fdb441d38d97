/** The affine map of a linear layer, with what may follow it in the same pass. */
import {
  add,
  matMul,
  mul,
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import { fusedOp } from './fused-op.ts';
import { geluComposition } from './gelu.ts';
import { FUSED_LINEAR, type FusedActivation, type FusedLinearAttrs } from './kernel-names.ts';

/** A residual branch: the product is scaled per channel and added to `input`. */
export interface Residual {
  /** [..., N] */
  input: Tensor;
  /** [N] */
  scale: Tensor1D;
}

/** What a linear layer does beside its product. */
export interface LinearOptions {
  /** [N] */
  bias?: Tensor1D | undefined;
  /** applied after the bias; `none` if absent; not together with `residual` */
  activation?: FusedActivation | undefined;
  residual?: Residual | undefined;
}

/**
 * act(x Wᵀ + b), or residual.input + residual.scale · (x Wᵀ + b).
 *
 * @param x [..., K] float32
 * @param weight [N, K], made by `linearWeight`
 * @returns [..., N] float32, owned by the caller
 */
export function linear<T extends Tensor>(x: T, weight: Tensor2D, options: LinearOptions = {}): T {
  const { bias, activation = 'none', residual } = options;
  const inputs = {
    x,
    weight,
    ...(bias && { bias }),
    ...(residual && { residual: residual.input, scale: residual.scale }),
  };
  const attrs = { activation } satisfies FusedLinearAttrs;
  return fusedOp(FUSED_LINEAR, inputs, attrs, () => linearComposition(x, weight, options));
}

function linearComposition<T extends Tensor>(
  x: T,
  weight: Tensor2D,
  { bias, activation, residual }: LinearOptions,
): T {
  const [outputs, depth] = weight.shape;
  return tidy(() => {
    const rows: Tensor2D = reshape(x, [-1, depth]);
    const product = matMul(rows, weight, false, true);
    const biased = bias === undefined ? product : add(product, bias);
    const activated = activation === 'gelu' ? geluComposition(biased) : biased;
    const y = reshape(activated, [...x.shape.slice(0, -1), outputs]) as T;
    return residual === undefined ? y : add(residual.input, mul(y, residual.scale));
  });
}
