import { presetConfig } from '../lib/families/dinov2/presets.ts';
import { forwardOperations, kernelOperations } from './operations.ts';

test('a product has two operations for each multiply-add', () => {
  expect(kernelOperations({ kind: 'linear', M: 2, K: 3, N: 5 })).toBe(60);
});

test('attention has two products for each head', () => {
  expect(kernelOperations({ kind: 'attention', A: 2, T: 3, K: 5 })).toBe(2 * 2 * 2 * 3 * 3 * 5);
});

test('DINOv2-base at 224 pixels is 46.3 GFLOP, and a batch is as many times that', () => {
  const base = presetConfig('dinov2-base');
  const one = forwardOperations(base, 1, 224);
  expect(one / 1e9).toBeCloseTo(46.3, 1);
  expect(forwardOperations(base, 8, 224)).toBe(8 * one);
});
