/** The activations a DINOv2 configuration may name in `hidden_act`. */
import { add, minimum, mul, relu, sigmoid, softplus, type Tensor, tanh, tidy } from '@tensorflow/tfjs-core';
import { gelu } from './gelu.ts';

/** x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))). */
function tanhGelu(x: Tensor): Tensor {
  return tidy(() => {
    const inner = mul(add(x, mul(mul(mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI));
    return mul(mul(x, 0.5), add(tanh(inner), 1));
  });
}

/** x/2 · (1 + tanh(0.7978845608 x · (1 + 0.044715 x²))). */
function fastGelu(x: Tensor): Tensor {
  return tidy(() => {
    const inner = mul(mul(x, 0.7978845608), add(mul(mul(x, 0.044715), x), 1));
    return mul(mul(x, 0.5), add(tanh(inner), 1));
  });
}

/** x · σ(1.702 x). */
function quickGelu(x: Tensor): Tensor {
  return tidy(() => mul(x, sigmoid(mul(x, 1.702))));
}

/** x · σ(x). */
function silu(x: Tensor): Tensor {
  return tidy(() => mul(x, sigmoid(x)));
}

/** x · tanh(log(1 + eˣ)). */
function mish(x: Tensor): Tensor {
  return tidy(() => mul(x, tanh(softplus(x))));
}

/**
 * Every supported activation by the name transformers gives it in `hidden_act`.
 *
 * Each takes a float32 tensor of any shape and returns a new one of that shape, owned by the caller.
 * Source: transformers 5.23.0, `activations.py`, `ACT2CLS`.
 */
export const ACTIVATIONS = {
  gelu,
  gelu_new: tanhGelu,
  gelu_pytorch_tanh: tanhGelu,
  gelu_python_tanh: tanhGelu,
  gelu_accurate: tanhGelu,
  gelu_python: gelu,
  gelu_fast: fastGelu,
  quick_gelu: quickGelu,
  relu,
  relu6: (x: Tensor): Tensor => tidy(() => minimum(relu(x), 6)),
  silu,
  swish: silu,
  sigmoid,
  tanh,
  mish,
  linear: (x: Tensor): Tensor => x.clone(),
} satisfies Record<string, (x: Tensor) => Tensor>;

/** The name of an activation, as in `hidden_act`. */
export type ActivationName = keyof typeof ACTIVATIONS;
