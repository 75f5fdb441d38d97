import { type SizeRule, targetSize } from './target-size.ts';

const shortest = (shortestEdge: number): SizeRule => ({ kind: 'shortest', shortestEdge });
const both = (shortestEdge: number, longestEdge: number): SizeRule => ({
  kind: 'shortest-longest',
  shortestEdge,
  longestEdge,
});
const within = (maxHeight: number, maxWidth: number): SizeRule => ({ kind: 'within', maxHeight, maxWidth });

/** Height and width, the rule, and the height and width that transformers 5.23 gives. */
const SIZES: [[number, number], SizeRule, [number, number]][] = [
  [[277, 343], shortest(256), [256, 316]],
  [[343, 277], shortest(256), [316, 256]],
  [[100, 100], shortest(32), [32, 32]],
  [[31, 77], shortest(20), [20, 49]],
  [[333, 257], shortest(256), [331, 256]],
  [[61, 47], both(40, 50), [50, 39]],
  [[47, 61], both(40, 50), [39, 50]],
  [[100, 300], both(90, 200), [67, 200]],
  [[303, 101], both(90, 123), [123, 41]],
  [[20, 80], both(20, 50), [12, 50]],
  [[80, 25], both(30, 48), [48, 15]],
  [[40, 60], both(40, 100), [40, 60]],
  [[47, 61], both(40, 100), [40, 51]],
  [[61, 47], both(40, 100), [51, 40]],
  [[100, 33], both(40, 77), [77, 25]],
  [[33, 100], both(40, 77), [25, 77]],
  [[50, 50], both(40, 60), [40, 40]],
  // 2.5 and 3.5 go to the even neighbour
  [[10, 40], both(9, 10), [2, 10]],
  [[10, 40], both(9, 14), [4, 14]],
  // what has the edge already stays, though its long side is longer than allowed
  [[3, 10], both(3, 9), [3, 10]],
  [[10, 3], both(3, 9), [10, 3]],
  [[100, 51], both(60, 103), [103, 53]],
  [[47, 61], within(44, 33), [25, 33]],
  [[61, 47], within(44, 33), [42, 33]],
  [[100, 51], within(64, 64), [64, 32]],
  [[51, 100], within(64, 64), [32, 64]],
  [[7, 9], within(50, 50), [38, 50]],
  [[123, 457], within(99, 201), [54, 201]],
  [[457, 123], within(201, 99), [201, 54]],
  [[30, 40], { kind: 'exact', height: 7, width: 5 }, [7, 5]],
];

test.each(SIZES)('%p by %p: %p', ([height, width], rule, [newHeight, newWidth]) => {
  expect(targetSize({ height, width }, rule)).toEqual({ height: newHeight, width: newWidth });
});
