import { compareOutput } from './engines/compare-output.ts';

describe('an output beside the truth', () => {
  // two images of a CLS token and two patches, of two values each
  const truth = Float64Array.of(1, 0, 0, 2, 3, 4, 0, 1, 1, 0, 4, 3);

  test('is as far from it as its farthest value, and has the lowest cosine of CLS tokens and of others', () => {
    const output = Float32Array.from(truth);
    output[6] = 1;
    output[11] = 0;
    const { value, cosines } = compareOutput(output, truth, 2, 3);
    expect(value).toBe(3);
    expect(cosines.cls).toBeCloseTo(Math.SQRT1_2, 12);
    expect(cosines.others).toBeCloseTo(0.8, 12);
  });

  test('shows that a value is no number, whatever comes after it', () => {
    const output = Float32Array.from(truth);
    output[2] = Number.NaN;
    expect(compareOutput(output, truth, 2, 3)).toEqual({
      value: Number.NaN,
      cosines: { cls: 1, others: Number.NaN },
    });
  });

  test('has as many values', () => {
    expect(() => compareOutput(new Float32Array(11), truth, 2, 3)).toThrow('expected 12 values, got 11');
  });
});
