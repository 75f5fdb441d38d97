import { type Scalar, square, sum, type Tensor4D, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { setDevice } from '../backends/devices.ts';
import { extractPatches } from './extract-patches.ts';
import { registerGradients } from './gradients/register-gradients.ts';
import { gradientsOf } from './gradients/tape.ts';

beforeAll(async () => {
  await setDevice('cpu');
  await registerGradients();
});

test('every pixel has the gradient of its place in a patch, and those left over at the right and the bottom have none', () => {
  const [B, C, H, W] = [2, 3, 5, 8];
  const values = Float32Array.from({ length: B * C * H * W }, (_, i) => i + 1);
  const gradient = tidy(() => {
    const x: Tensor4D = tensor4d(values, [B, C, H, W]);
    const { gradients } = gradientsOf(() => sum(square(extractPatches(x, [2, 3]))) as Scalar, [x]);
    return gradients[0]?.dataSync<'float32'>();
  });
  const isInPatch = (i: number): boolean => i % W < 6 && Math.floor(i / W) % H < 4;
  expect(gradient).toEqual(values.map((value, i) => (isInPatch(i) ? 2 * value : 0)));
});
