import { inNaturalOrder } from './natural-order.ts';

test.each([
  ['numbers by what they count', ['frame1.png', 'frame2.png', 'frame10.png']],
  ['numbers in folders and in names', ['day2/9.png', 'day2/10.png', 'day10/1.png']],
  ['numbers of any length', ['9'.repeat(20), `1${'0'.repeat(20)}`, '1'.repeat(200)]],
  ['a name before the same with a number', ['cat.png', 'cat1.png', 'cat2.png']],
  ['digits where other characters are, as these stand to 0', ['a-1', 'a1', 'aA', 'ab']],
  ['leading zeros as they are meant', ['a0.png', 'a1.png', 'a002.png', 'a03.png', 'a10.png']],
  [
    'numbers that count the same by what is behind them, and then as they are written',
    ['1a', '01b', '01c', '1c'],
  ],
  ['letters by their codes, in every language', ['B', 'a', 'ä', 'ö']],
])('%s', (_, names) => {
  expect(inNaturalOrder([...names].reverse())).toEqual(names);
  expect(inNaturalOrder([...names].sort())).toEqual(names);
});
