import { suitableInt8Kernel } from './int8-kernel.ts';

test.each<[string, sum: number, relaxed: boolean, 'i16' | 'split']>([
  ['x86 without VNNI, which holds pairs within 16 bits', 2 * 32767, true, 'i16'],
  ['x86 with VNNI', 4 * 127 * 255, true, 'split'],
  ['ARM, which counts 255 as -1', -4 * 127, true, 'split'],
  ['an engine that counts sums twice, as Node 20 does at first behind its flag', 131068, true, 'i16'],
  ['an engine without relaxed SIMD', 4 * 127 * 255, false, 'i16'],
])('on %s', (_, sum, relaxed, kernel) => {
  const dotSum = (a: number, b: number): number => (a === 127 && b === 255 ? sum : 0);
  expect(suitableInt8Kernel({ dotSum }, relaxed)).toBe(kernel);
});
