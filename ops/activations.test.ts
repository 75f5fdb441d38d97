import { tensor1d } from '@tensorflow/tfjs-core';
import { setDevice } from '../backends/devices.ts';
import { ACTIVATIONS, type ActivationName } from './activations.ts';

const X = [-7, -2.7, -0.5, 0, 1.3, 5.5, 8];

/** What transformers 5.23 with PyTorch 2.15 makes of `X` in float64. */
const ERF_GELU = [-8.95866714e-12, -0.00936082927, -0.154268769, 0, 1.17415937, 5.4999999, 8];
const TANH_GELU = [-2.33146835e-15, -0.00888759464, -0.15428599, 0, 1.17392901, 5.49999999, 8];
const SILU = [-0.00637735836, -0.170028061, -0.188770334, 0, 1.02158548, 5.47761424, 7.9973172];
const EXPECTED: Record<ActivationName, number[]> = {
  gelu: ERF_GELU,
  gelu_python: ERF_GELU,
  gelu_new: TANH_GELU,
  gelu_pytorch_tanh: TANH_GELU,
  gelu_python_tanh: TANH_GELU,
  gelu_accurate: TANH_GELU,
  gelu_fast: TANH_GELU,
  quick_gelu: [-4.68716967e-5, -0.0269925126, -0.149611563, 0, 1.17178789, 5.49952696, 7.99999023],
  relu: [0, 0, 0, 0, 1.3, 5.5, 8],
  relu6: [0, 0, 0, 0, 1.3, 5.5, 6],
  silu: SILU,
  swish: SILU,
  sigmoid: [0.000911051194, 0.0629733561, 0.377540669, 0.5, 0.785834983, 0.995929862, 0.99966465],
  tanh: [-0.999998337, -0.991007454, -0.462117157, 0, 0.861723159, 0.999966597, 0.999999775],
  mish: [-0.00638026341, -0.175370375, -0.220743775, 0, 1.18597657, 5.49981778, 7.9999982],
  linear: X,
};

beforeAll(() => setDevice('cpu'));

test.each(Object.entries(EXPECTED))('%s', (name, expected) => {
  const x = tensor1d(X);
  const y = ACTIVATIONS[name as ActivationName](x);
  for (const [i, value] of y.dataSync().entries()) {
    expect(Math.abs(value - (expected[i] ?? Number.NaN))).toBeLessThan(2e-6);
  }
  x.dispose();
  y.dispose();
});
