import { presetConfig } from '../families/dinov2/presets.ts';
import { estimateMemory } from './memory-estimate.ts';

const BASE = 86_580_480;
const MIB = 2 ** 20;

test.each([
  // the peak of a process in MiB, some 45 of them Node's
  [224, 257, 480],
  [1022, 5330, 700],
])('base at %i pixels takes more than its weights and less than a whole process', (size, tokens, peak) => {
  const estimate = estimateMemory(presetConfig('dinov2-base'), 4 * BASE, size);
  expect(estimate.tokens).toBe(tokens);
  expect(estimate.bytes).toBeGreaterThan(4 * (BASE + tokens * 10 * 768));
  expect(estimate.bytes).toBeLessThan((peak - 45) * MIB);
});

test('memory grows with the tokens, not with their square', () => {
  const beside = (size: number) =>
    estimateMemory(presetConfig('dinov2-base'), 4 * BASE, size).bytes - 4 * BASE;
  expect(beside(28 * 14) / beside(14 * 14)).toBeLessThan(4.01);
});

test('registers are tokens, and SwiGLU holds both of its halves', () => {
  const config = presetConfig('dinov2-with-registers-giant');
  const { tokens, bytes } = estimateMemory(config, 0, 224);
  expect(tokens).toBe(261);
  expect(bytes).toBeGreaterThan(4 * tokens * 3 * config.ffnHiddenSize);
});
