/** Making folders with all that they are in. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolders } from './make-folders-node.ts';

const folder = mkdtempSync(join(tmpdir(), 'dinov2-folders-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('all that is missing is made, and the outermost of it said', () => {
  const inner = join(folder, 'a', 'b', 'c');
  expect(makeFolders(inner)).toBe(join(folder, 'a'));
  expect(existsSync(inner)).toBe(true);
  expect(makeFolders(inner)).toBeUndefined();
  expect(makeFolders(`${inner}/d/`)).toBe(`${inner}/d/`);
});

test('a file in the way is refused', () => {
  writeFileSync(join(folder, 'file'), '');
  for (const path of ['file', 'file/below']) {
    expect(() => makeFolders(join(folder, path))).toThrow(/EEXIST|ENOTDIR/);
  }
});

(existsSync('/proc/self') ? test : test.skip)('a folder that takes no other is refused at once', () => {
  for (const path of ['/proc/nope', '/proc/nope/deeper']) expect(() => makeFolders(path)).toThrow(/ENOENT/);
});
