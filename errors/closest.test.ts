import { closest } from './closest.ts';

test.each([
  ['clss', 'cls'],
  ['maen', 'mean'],
  ['cks', 'cls'],
  ['MEAN', 'mean'],
  ['cls-mean', 'cls+mean'],
  ['max', undefined],
  ['', undefined],
])('of poolings, %j was meant to be %j', (word, name) => {
  expect(closest(word, ['cls', 'mean', 'cls+mean'])).toBe(name);
});

test.each([
  ['q8', 'i8'],
  ['int8', 'i8'],
  ['FP16', 'f16'],
  ['float32', 'f32'],
  ['bfloat16', undefined],
  ['q4', undefined],
])('of precisions, %j was meant to be %j', (word, name) => {
  expect(closest(word, ['f32', 'f16', 'i8'])).toBe(name);
});

test('of two that are as close, none is named', () => {
  expect(closest('f15', ['f16', 'f14'])).toBeUndefined();
});
