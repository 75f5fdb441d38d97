/**
 * The fused kernels against the compositions that define them, and gradients through them, where tfjs-node is installed.
 *
 * In a process of its own, see `conformance/models.tensorflow.test.ts`.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { tensorflow } from './device.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Sizes divide by nothing; where gradients are asked for, the composition runs. */
const PROGRAM = `
  import { engine, profile, range, reshape, sin, tidy, valueAndGrads } from '@tensorflow/tfjs-core';
  import { setDevice } from './dist/backends/devices.js';
  import { attention } from './dist/ops/attention.js';
  import { gelu } from './dist/ops/gelu.js';
  import { layerNorm } from './dist/ops/layer-norm.js';
  import { linear } from './dist/ops/linear.js';

  const values = (shape, seed) => tidy(() => {
    const size = shape.reduce((product, length) => product * length, 1);
    return reshape(sin(range(seed, seed + size)), shape);
  });
  const CASES = {
    linear: [[[2, 3, 5], [7, 5]], (x, weight) => linear(x, weight)],
    'linear with bias and gelu': [[[2, 3, 5], [7, 5], [7]], (x, weight, bias) => linear(x, weight, { bias, activation: 'gelu' })],
    'linear with residual': [
      [[2, 3, 5], [7, 5], [7], [2, 3, 7], [7]],
      (x, weight, bias, input, scale) => linear(x, weight, { bias, residual: { input, scale } }),
    ],
    gelu: [[[3, 11]], gelu],
    'layer norm': [[[2, 3, 13], [13], [13]], (x, gamma, beta) => layerNorm(x, gamma, beta, 1e-6)],
    attention: [[[2, 5, 27]], (qkv) => attention(qkv, { numHeads: 3, scale: 0.57 })],
    'attention with a mask': [[[2, 5, 27], [2, 1, 1, 5]], (qkv, mask) => attention(qkv, { numHeads: 3, scale: 0.57, mask })],
  };
  for (const [name, [shapes, op]] of Object.entries(CASES)) {
    const found = {};
    for (const device of ['tensorflow', 'cpu']) {
      await setDevice(device);
      const before = engine().state.numTensors;
      const inputs = shapes.map((shape, i) => values(shape, 100 * i));
      let output;
      const { kernelNames } = await profile(() => { output = op(...inputs); });
      const { value, grads } = valueAndGrads(op)(inputs);
      const read = (tensor) => [...tensor.dataSync()];
      found[device] = { kernelNames, output: read(output), composed: read(value), grads: grads.map(read) };
      for (const tensor of [...inputs, ...grads, output, value]) tensor.dispose();
      found[device].left = engine().state.numTensors - before;
    }
    console.log(JSON.stringify({ name, ...found }));
  }
`;

interface OnDevice {
  kernelNames: string[];
  output: number[];
  composed: number[];
  grads: number[][];
  left: number;
}

function distance(a: readonly number[] = [], b: readonly number[] = []): number {
  return Math.max(
    Math.abs(a.length - b.length),
    ...a.map((value, i) => Math.abs(value - (b[i] ?? Number.NaN))),
  );
}

((await tensorflow.missing()) === undefined ? describe : describe.skip)('with @tensorflow/tfjs-node', () => {
  const found = new Map<string, { tensorflow: OnDevice; cpu: OnDevice }>();

  beforeAll(() => {
    const words = ['--input-type=module', '-e', PROGRAM];
    const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8' });
    expect(stderr).toBe('');
    for (const line of stdout.trim().split('\n')) {
      const { name, ...devices }: { name: string; tensorflow: OnDevice; cpu: OnDevice } = JSON.parse(line);
      found.set(name, devices);
    }
  });

  test.each([
    ['linear', 'Dinov2FusedLinear'],
    ['linear with bias and gelu', 'Dinov2FusedLinear'],
    ['linear with residual', 'Dinov2FusedLinear'],
    ['gelu', 'Dinov2FusedGelu'],
    ['layer norm', 'Dinov2FusedLayerNorm'],
    ['attention', 'Dinov2FusedAttention'],
    ['attention with a mask', 'Dinov2FusedAttention'],
  ])('%s is that of the composition, and of the cpu backend, gradients included', (name, kernelName) => {
    const { tensorflow, cpu } = found.get(name) ?? {};
    expect(tensorflow?.kernelNames).toContain(kernelName);
    expect(cpu?.kernelNames).not.toContain(kernelName);
    expect(distance(tensorflow?.output, tensorflow?.composed)).toBeLessThan(2e-6);
    expect(distance(tensorflow?.output, cpu?.output)).toBeLessThan(2e-6);
    expect(tensorflow?.grads).toHaveLength(cpu?.grads.length ?? 0);
    for (const [i, grad] of cpu?.grads.entries() ?? []) {
      expect(distance(tensorflow?.grads[i], grad)).toBeLessThan(2e-5);
    }
    expect([tensorflow?.left, cpu?.left]).toEqual([0, 0]);
  });
});
