import { SpareBuffers } from './spare-buffers.ts';

test('what is given back is taken again where it fits', () => {
  const spare = new SpareBuffers();
  const first = spare.take(100);
  spare.give(first);
  expect(spare.take(101).buffer).not.toBe(first.buffer);
  expect(spare.take(24).buffer).not.toBe(first.buffer);
  const again = spare.take(80);
  expect(again.buffer).toBe(first.buffer);
  expect(again.length).toBe(80);
  expect(spare.take(80).buffer).not.toBe(first.buffer);
});

test('the smallest that fits is taken, and nothing twice', () => {
  const spare = new SpareBuffers();
  const [large, small] = [spare.take(200), spare.take(100)];
  for (const bytes of [large, small, small]) spare.give(bytes);
  expect(spare.take(90).buffer).toBe(small.buffer);
  expect(spare.take(90).buffer).toBe(large.buffer);
  expect(spare.take(90).length).toBe(90);
});

test('few are kept, the largest, until they are let go of', () => {
  const spare = new SpareBuffers();
  const all = Array.from({ length: 9 }, (_, i) => new Uint8Array(100 + i));
  for (const bytes of all) spare.give(bytes);
  expect(all.map(({ buffer }) => buffer)).not.toContain(spare.take(100 + 9).buffer);
  expect(spare.take(102).buffer).toBe(all[3]?.buffer);
  spare.clear();
  expect(all.map(({ buffer }) => buffer)).not.toContain(spare.take(100).buffer);
});
