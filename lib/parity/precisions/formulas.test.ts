/** What the report of precisions is made of, on numbers worked out by hand. */
import { AgreementTally } from './agreement.ts';
import { nearestNeighbours, neighbourAgreement } from './neighbours.ts';
import { median, timeInTurns } from './time-in-turns.ts';

const vectors = (...rows: readonly number[][]): Float32Array[] => rows.map((row) => Float32Array.from(row));

test('an agreement has the lowest and the mean cosine of its vectors, and the largest difference of all', () => {
  const tally = new AgreementTally();
  // 45° and the same direction, then, in another call, a right angle
  tally.add(Float32Array.from([1, 1, 6, 8]), Float32Array.from([1, 0, 3, 4]), 2);
  tally.add(Float32Array.from([0, 2]), Float32Array.from([-2, 0]), 2);
  expect(tally.agreement).toEqual({
    vectors: 3,
    worst: expect.closeTo(0, 12),
    mean: expect.closeTo((Math.SQRT1_2 + 1 + 0) / 3, 12),
    maxAbs: 4,
    largest: 4,
  });
});

test('what is no number is the worst, whatever comes after it', () => {
  const tally = new AgreementTally();
  tally.add(Float32Array.from([Number.NaN, 1, 1, 0]), Float32Array.from([1, 1, 1, 0]), 2);
  const { worst, maxAbs } = tally.agreement;
  expect([worst, maxAbs]).toEqual([Number.NaN, Number.NaN]);
});

test('neighbours are by angle, whatever the lengths, nearest first, and without the vector itself', () => {
  // at 0°, 10°, 25° and 90°, of very different lengths
  const at = (degrees: number, length: number): number[] => [
    length * Math.cos((degrees * Math.PI) / 180),
    length * Math.sin((degrees * Math.PI) / 180),
  ];
  const four = vectors(at(0, 1), at(10, 50), at(25, 0.1), at(90, 7));
  expect(nearestNeighbours(four, 3)).toEqual([
    [1, 2, 3],
    [0, 2, 3],
    [1, 0, 3],
    [2, 1, 0],
  ]);
  expect(nearestNeighbours(four, 1)).toEqual([[1], [0], [1], [2]]);
});

test('of those as near the first are neighbours, and a vector of zeros is at a right angle to all', () => {
  expect(nearestNeighbours(vectors([1, 0], [2, 0], [3, 0], [0, 0], [-1, 0]), 2)).toEqual([
    [1, 2],
    [0, 2],
    [0, 1],
    [0, 1],
    [3, 0],
  ]);
});

test('the share of neighbours is of those in f32 that are found again, in any order', () => {
  const exact = vectors([1, 0], [1, 0.1], [1, 0.3], [0, 1]);
  // the third and the fourth change places
  const rounded = vectors([1, 0], [1, 0.1], [0, 1], [1, 0.3]);
  // nearest in f32: 1, 0, 1, 2; and here: 1, 0, 3, 1
  // two nearest in f32: 1 2, 0 2, 1 0, 2 1; and here: 1 3, 0 3, 3 1, 1 0
  expect(neighbourAgreement(rounded, exact, [1, 2])).toEqual([
    { k: 1, share: 2 / 4 },
    { k: 2, share: (1 + 1 + 1 + 1) / 8 },
  ]);
  expect(neighbourAgreement(exact, exact, [1, 3, 4])).toEqual([
    { k: 1, share: 1 },
    { k: 3, share: 1 },
  ]);
  expect(neighbourAgreement(exact.slice(1), exact.slice(1), [3])).toEqual([]);
});

test('the median is the middle value by size, or between the two in the middle', () => {
  expect(median([10, 9, 100])).toBe(10);
  expect(median([1, 30, 2, 4])).toBe(3);
  expect(median([5])).toBe(5);
});

test('two things are timed in turns, each going first in every other round', async () => {
  const ran: string[] = [];
  let clock = 0;
  const taking = (name: string, milliseconds: number) => async () => {
    ran.push(name);
    clock += milliseconds * ran.length;
  };
  const [a, b] = await timeInTurns(taking('a', 1), taking('b', 10), 3, undefined, () => clock);
  expect(ran.join('')).toBe('abbaab');
  expect(a).toEqual([1, 4, 5]);
  expect(b).toEqual([20, 30, 60]);
});

test('a signal that a timer or a key gives ends the rounds, though each is over at once', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('enough')), 1);
  const atOnce = async (): Promise<void> => undefined;
  await expect(timeInTurns(atOnce, atOnce, 100_000, controller.signal)).rejects.toThrow('enough');
});
