import { printable } from './messages.ts';

test.each([
  ['a\nb\r\t', 'a\\nb\\r\\t'],
  ['\u001b[31mred\u0007\u007f\u009b', '\\u001b[31mred\\u0007\\u007f\\u009b'],
  ['\u2028\u2029', '\\u2028\\u2029'],
  ['invoice\u202efdp.exe\u2066\u200f\u061c', 'invoice\\u202efdp.exe\\u2066\\u200f\\u061c'],
  ['naïve 犬 👨‍👩‍👧', 'naïve 犬 👨‍👩‍👧'],
])('%j neither breaks a line, commands a terminal nor turns text around', (text, expected) => {
  expect(printable(text)).toBe(expected);
});
