import { FIRST_PIECE_BYTES, PIECE_BYTES } from './pieces.ts';
import { ReadingPlan } from './reading-plan.ts';

/** One byte of each piece, in an order. */
function planOf(order: readonly number[]): ReadingPlan {
  return new ReadingPlan(
    order.map((index) => ({
      offset: index === 0 ? 0 : FIRST_PIECE_BYTES + (index - 1) * PIECE_BYTES,
      length: 1,
    })),
  );
}

test('pieces are fetched in the order in which they are read', () => {
  expect(planOf([0, 1, 2, 8, 9, 4, 5]).pieces).toEqual([0, 1, 2, 4, 5, 8, 9]);
  expect(planOf([20, 21, 22, 23, 24, 25, 3, 4, 5, 6, 7]).pieces).toEqual([
    20, 21, 22, 23, 24, 25, 3, 4, 5, 6, 7,
  ]);
});

test('neighbours that are read soon, and a gap that is read later, do not break a run', () => {
  // blocks 0, 1, then 10 and 11 in between, then 2 to 9, as files in order of names have them
  expect(planOf([1, 2, 5, 4, 6, 7, 9, 8, 3]).pieces).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('a range over several pieces needs them all, and one without bytes none', () => {
  const offset = FIRST_PIECE_BYTES - 1;
  expect(new ReadingPlan([{ offset, length: PIECE_BYTES + 2 }]).pieces).toEqual([0, 1, 2]);
  expect(new ReadingPlan([{ offset, length: 0 }]).pieces).toEqual([]);
});

test('a piece is past when what is read last of it has been passed', () => {
  const plan = planOf([1, 2, 1, 3]);
  const past = () => [0, 1, 2, 3].filter((index) => plan.isPast(index));
  expect(past()).toEqual([0]);
  plan.reach(FIRST_PIECE_BYTES + PIECE_BYTES);
  expect(past()).toEqual([0]);
  plan.reach(FIRST_PIECE_BYTES);
  expect(past()).toEqual([0, 2]);
  plan.reach(FIRST_PIECE_BYTES + 2 * PIECE_BYTES);
  expect(past()).toEqual([0, 1, 2]);
});

test('where one range ends and the next begins, it is the next that is read', () => {
  const plan = new ReadingPlan([
    { offset: 0, length: FIRST_PIECE_BYTES },
    { offset: FIRST_PIECE_BYTES, length: 8 },
  ]);
  plan.reach(FIRST_PIECE_BYTES);
  expect([0, 1].map((index) => plan.isPast(index))).toEqual([true, false]);
});
