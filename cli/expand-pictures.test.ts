import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { DIGITS, dinov2, folder, MODEL } from './testing/command.ts';

test('folders and globs are expanded', () => {
  symlinkSync(DIGITS, join(folder, 'digits'));
  expect(dinov2('classify', 'digits/', '-m', MODEL).out.trim().split('\n')).toHaveLength(10);
  expect(dinov2('classify', 'digits/t*.png', '-m', MODEL).out.trim().split('\n')).toHaveLength(2);
});
