import { noise } from '../../../testing/noise.ts';
import { artefacts, artefactThreshold } from './artefacts.ts';
import { tokenNorms } from './token-norms.ts';

test('norms are the lengths of features', () => {
  expect([...tokenNorms({ features: Float32Array.of(3, 4, 0, 0, -1, 0), dim: 2 })]).toEqual([5, 0, 1]);
  expect(() => tokenNorms({ features: Float32Array.of(1, Number.POSITIVE_INFINITY), dim: 2 })).toThrow(
    'tokenNorms: expected features that are finite, got Infinity in patch 0',
  );
});

test('artefacts are the norms far above the rest, however many they are', () => {
  const norms = noise(200, 9).map((value, i) => (i % 9 === 0 ? 150 + value : 50 + 5 * value));
  expect([...artefacts(norms)]).toEqual(Array.from(norms, (_, i) => (i % 9 === 0 ? 1 : 0)));
  expect(artefacts(noise(200, 9).map((value) => 50 + 5 * value))).not.toContain(1);
});

test('the threshold is so many deviations above the median, or given', () => {
  // median 3, deviations from it 2, 1, 0, 1, 97, whose median is 1
  const norms = Float32Array.of(1, 2, 3, 4, 100);
  expect(artefactThreshold(norms)).toBeCloseTo(3 + 6 * 1.4826, 12);
  expect(artefactThreshold(norms, { deviations: 1 })).toBeCloseTo(4.4826, 12);
  expect([...artefacts(norms, { threshold: 2 })]).toEqual([0, 0, 1, 1, 1]);
  expect([...artefacts(new Float32Array(5).fill(7))]).toEqual([0, 0, 0, 0, 0]);
  expect(() => artefacts(new Float32Array())).toThrow('artefacts: expected norms, got none');
});
