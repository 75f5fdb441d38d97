/** The gradients of an op with a fused kernel are those of its composition, whichever of its inputs are there. */
import {
  dispose,
  grads,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor,
} from '@tensorflow/tfjs-core';
import { type Device, setDevice } from '../lib/devices.ts';
import { attention } from './attention.ts';
import { extractPatches } from './extract-patches.ts';
import { gelu } from './gelu.ts';
import { layerNorm } from './layer-norm.ts';
import { linear } from './linear.ts';
import { siluGate } from './silu-gate.ts';
import { elementCount } from '../weights/element-count.ts';

function input(shape: number[], seed: number): Tensor {
  return tensor(
    Float32Array.from({ length: elementCount(shape) }, (_, i) => Math.sin(seed + 1.3 * i)),
    shape,
  );
}

async function gradientsOn(
  device: Device,
  op: (...inputs: Tensor[]) => Tensor,
  shapes: number[][],
): Promise<number[][]> {
  await setDevice(device);
  const inputs = shapes.map(input);
  const found = grads(op)(inputs);
  const values = found.map((gradient) => [...gradient.dataSync()]);
  dispose([...inputs, ...found]);
  return values;
}

test.each<[string, (...inputs: Tensor[]) => Tensor, number[][]]>([
  ['gelu', (x: Tensor) => gelu(x), [[3, 5]]],
  ['siluGate', (x: Tensor) => siluGate(x), [[2, 3, 8]]],
  [
    'layerNorm',
    (x: Tensor, gamma: Tensor, beta: Tensor) => layerNorm(x, gamma as Tensor1D, beta as Tensor1D, 1e-6),
    [[2, 3, 7], [7], [7]],
  ],
  ['extractPatches', (x: Tensor) => extractPatches(x as Tensor4D, [2, 3]), [[2, 3, 5, 6]]],
  ['linear alone', (x: Tensor, weight: Tensor) => linear(x, weight as Tensor2D), [[2, 3, 4], [5, 4]]],
  [
    'linear with bias and activation',
    (x: Tensor, weight: Tensor, bias: Tensor) =>
      linear(x, weight as Tensor2D, { bias: bias as Tensor1D, activation: 'gelu' }),
    [[2, 3, 4], [5, 4], [5]],
  ],
  [
    'linear with a residual and no bias',
    (x: Tensor, weight: Tensor, residual: Tensor, scale: Tensor) =>
      linear(x, weight as Tensor2D, { residual: { input: residual, scale: scale as Tensor1D } }),
    [[2, 3, 4], [5, 4], [2, 3, 5], [5]],
  ],
  [
    'attention',
    (qkv: Tensor) => attention(qkv as Tensor3D, { numHeads: 2, scale: 0.5 }),
    [[2, 5, 3 * 2 * 4]],
  ],
  [
    'attention with a mask',
    (qkv: Tensor, mask: Tensor) =>
      attention(qkv as Tensor3D, { numHeads: 2, scale: 0.5, mask: mask as Tensor4D }),
    [
      [2, 5, 3 * 2 * 4],
      [2, 1, 1, 5],
    ],
  ],
])('%s', async (_, op, shapes) => {
  const expected = await gradientsOn('cpu', op, shapes);
  const close = expected.map((values) => values.map((value) => expect.closeTo(value, 5)));
  expect(await gradientsOn('simd', op, shapes)).toEqual(close);
});
