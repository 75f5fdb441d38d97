import { tensor1d } from '@tensorflow/tfjs-core';
import { setDevice } from '../backends/devices.ts';
import { assign, versionOf } from './assign.ts';

beforeAll(() => setDevice('cpu'));

test('a tensor has the other values, also when their own tensor is gone', () => {
  const [x, value] = [tensor1d([1, 2]), tensor1d([3, 4])];
  expect(versionOf(x)).toBe(0);
  assign(x, value);
  value.dispose();
  expect([[...x.dataSync()], versionOf(x)]).toEqual([[3, 4], 1]);
  x.dispose();
});

test('assigned to itself, a tensor stays as it is', () => {
  const x = tensor1d([1, 2]);
  assign(x, x);
  expect([...x.dataSync()]).toEqual([1, 2]);
  x.dispose();
});

test('values of another shape or dtype are refused', () => {
  const [x, long, integers] = [tensor1d([1, 2]), tensor1d([1, 2, 3]), tensor1d([1, 2], 'int32')];
  expect(() => assign(x, long)).toThrow('assign: expected float32 [2], got float32 [3]');
  expect(() => assign(x, integers)).toThrow('assign: expected float32 [2], got int32 [2]');
  for (const each of [x, long, integers]) each.dispose();
});
