import { parseBusy } from './system-load.ts';

test('all but idling and waiting is work, in ticks of a hundredth of a second', () => {
  const stat = 'cpu  100 20 300 4000 500 6 70 8 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\nintr 5\n';
  expect(parseBusy(stat)).toBeCloseTo(5.04, 10);
});

test('a text without times is refused', () => {
  expect(() => parseBusy('cpu0 1 2 3')).toThrow('expected times of the processor');
  expect(() => parseBusy('cpu  1 2')).toThrow('expected times of the processor');
});
