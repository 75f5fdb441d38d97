import { elementCount } from '../../shapes/element-count.ts';
import { extentOf, gatherRows, isContiguous } from './strided.ts';

test.each<[string, number[], number[], boolean]>([
  ['rows', [2, 3], [3, 1], true],
  ['a transposed matrix', [3, 2], [1, 3], false],
  ['an axis of one value with any stride', [2, 1, 3], [3, 77, 1], true],
  ['one value', [], [], true],
  ['nothing', [0, 4], [9, 9], true],
  ['every second value', [3], [2], false],
  ['a repeated value', [3], [0], false],
])('%s', (_, shape, strides, contiguous) => {
  expect(isContiguous(shape, strides)).toBe(contiguous);
});

test.each([1, 2, 4, 8])('values of %i bytes are gathered row by row', (elementBytes) => {
  for (const [shape, strides] of [
    [
      [3, 2],
      [1, 3],
    ],
    [
      [2, 2, 3],
      [1, 6, 2],
    ],
    [
      [4, 3],
      [0, 1],
    ],
    [
      [2, 1, 2],
      [5, 3, 2],
    ],
    [[3], [4]],
  ] as const) {
    const extent = extentOf(shape, strides);
    const bytes = Uint8Array.from({ length: 8 + extent * elementBytes }, (_, i) => (i * 37) & 255).subarray(
      8,
    );
    const expected: number[] = [];
    for (let index = 0; index < elementCount(shape); index++) {
      let rest = index;
      let at = 0;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        const length = shape[axis] ?? 1;
        at += (rest % length) * (strides[axis] ?? 0);
        rest = Math.floor(rest / length);
      }
      expected.push(...bytes.subarray(at * elementBytes, (at + 1) * elementBytes));
    }
    expect([...gatherRows(bytes, elementBytes, shape, strides)]).toEqual(expected);
  }
});
