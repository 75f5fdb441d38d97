/** Which pieces are held, and when there is room for more. */
import { HeldPieces } from './held-pieces.ts';

const bytes = new Uint8Array(1);

/** Pieces that have arrived, all of them of no more use once they are taken, or none. */
function arrived(count: number, isPast: boolean): HeldPieces {
  const held = new HeldPieces(() => isPast);
  for (let index = 0; index < count; index++) {
    held.announce(index);
    held.claim(index);
    held.deliver(index, bytes);
  }
  return held;
}

/** Whether there is room now. */
async function hasRoom(held: HeldPieces): Promise<boolean> {
  let room = false;
  void held.room().then(() => {
    room = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return room;
}

test('there is room beside three pieces that nobody has read, and beside four none until one is read', async () => {
  expect(await hasRoom(arrived(3, false))).toBe(true);
  const held = arrived(4, false);
  expect(await hasRoom(held)).toBe(false);
  await held.take(2);
  expect(await hasRoom(held)).toBe(true);
});

test('there is room for a piece that somebody waits for, however many have arrived', async () => {
  const held = arrived(6, false);
  held.announce(9);
  expect(await hasRoom(held)).toBe(false);
  held.claim(9);
  expect(await hasRoom(held)).toBe(true);
});

test('what is read is let go when it is of no more use, but for what was read last and what somebody is about to read', async () => {
  const held = arrived(4, true);
  held.claim(1);
  for (const index of [0, 1, 2]) await held.take(index);
  held.tidy();
  expect([0, 1, 2, 3].filter((index) => held.has(index))).toEqual([1, 2, 3]);
  const useful = arrived(2, false);
  for (const index of [0, 1]) await useful.take(index);
  useful.tidy();
  expect([0, 1].filter((index) => useful.has(index))).toEqual([0, 1]);
});

test('pieces that have arrived outlive the failure of those that have not', async () => {
  const held = arrived(1, false);
  held.announce(1);
  const waiting = held.take(1);
  held.fail([0, 1], new Error('broken'));
  await expect(waiting).rejects.toThrow('broken');
  expect([0, 1].filter((index) => held.has(index))).toEqual([0]);
  expect(await held.take(0)).toBe(bytes);
});
