import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expandImages } from './expand-images.ts';
import { DIGITS, dinov2, folder, MODEL } from './testing/command.ts';

/** The images that a command line comes to, and what is said of the others. */
function classified(...words: string[]): { names: string[]; err: string; status: number | null } {
  const { out, err, status } = dinov2('classify', ...words, '-m', MODEL, '-k', '1');
  const lines = out.trim() === '' ? [] : out.trim().split('\n');
  return { names: lines.map((line) => line.split('\t')[0] ?? ''), err, status };
}

test('folders and globs are expanded', () => {
  symlinkSync(DIGITS, join(folder, 'digits'));
  expect(classified('digits/').names).toHaveLength(10);
  expect(classified('digits/t*.png').names).toHaveLength(2);
});

test('names in folders and globs are in the order of their characters, and words stay in theirs', async () => {
  const names = ['frame1.png', 'frame10.png', 'frame2.png'].map((name) => `film/${name}`);
  mkdirSync(join(folder, 'film'));
  for (const name of names) copyFileSync(`${DIGITS}/two.png`, join(folder, name));
  expect(classified('film').names).toEqual(names);
  expect(classified('film/*.png').names).toEqual(names);
  expect(classified('film/frame2.png', 'film/frame1.png').names).toEqual([names[2], names[0]]);
});

test('on Windows, whose shells leave globs as they are, they may have backslashes', async () => {
  const word = `${DIGITS}/t*.png`.replaceAll('/', '\\');
  await expect(expandImages([word])).rejects.toThrow('images: expected at least one of');
  const before = process.platform;
  Object.defineProperty(process, 'platform', { value: 'win32' });
  try {
    const found = ['three', 'two'].map((digit) => `${DIGITS}/${digit}.png`);
    expect(await expandImages([word])).toEqual(found);
    expect(await expandImages([`${DIGITS.replaceAll('/', '\\')}\\`])).toEqual(expect.arrayContaining(found));
    expect(await expandImages(['data:,a\\b'])).toEqual(['data:,a\\b']);
  } finally {
    Object.defineProperty(process, 'platform', { value: before });
  }
});

test('folders are searched for every ending of images, and what is passed over is counted', () => {
  mkdirSync(join(folder, 'mixed', 'below'), { recursive: true });
  for (const name of ['a.jfif', 'b.JPE', 'c.tif', 'below/d.avif', 'below/e.jp2', '.hidden.png']) {
    copyFileSync(`${DIGITS}/two.png`, join(folder, 'mixed', name));
  }
  for (const name of ['list.txt', 'more.TXT', 'README']) writeFileSync(join(folder, 'mixed', name), 'text');
  const { names, err, status } = classified('mixed/');
  expect(names).toEqual(['a.jfif', 'b.JPE', 'below/d.avif', 'below/e.jp2', 'c.tif'].map((n) => `mixed/${n}`));
  expect(err).toMatch(
    /^dinov2: mixed\/: passed over 3 files \(2 \.txt, 1 without an ending\); name a file, or use a glob, to have it tried$/m,
  );
  expect(status).toBe(0);
});

test('what a name or a glob asks for is tried, whatever it is called', () => {
  mkdirSync(join(folder, 'named'));
  copyFileSync(`${DIGITS}/two.png`, join(folder, 'named', 'two.scan'));
  expect(classified('named/two.scan').names).toEqual(['named/two.scan']);
  expect(classified('named/*.scan').names).toEqual(['named/two.scan']);
  writeFileSync(join(folder, 'named', 'notes.txt'), 'text');
  const { names, err, status } = classified('named/*');
  expect(names).toEqual(['named/two.scan']);
  expect(err).toMatch(/named\/notes\.txt: expected an image in one of/);
  expect(status).toBe(1);
});

test('links that lead in circles are followed once', () => {
  mkdirSync(join(folder, 'circle', 'below'), { recursive: true });
  copyFileSync(`${DIGITS}/two.png`, join(folder, 'circle', 'two.png'));
  copyFileSync(`${DIGITS}/one.png`, join(folder, 'circle', 'below', 'one.png'));
  symlinkSync('..', join(folder, 'circle', 'below', 'up'));
  symlinkSync('.', join(folder, 'circle', 'self'));
  symlinkSync('two.png', join(folder, 'circle', 'also-two.png'));
  const names = ['circle/also-two.png', 'circle/below/one.png', 'circle/two.png'];
  expect(classified('circle').names).toEqual(names);
  expect(classified('circle/**/*.png').names).toEqual(names);
});
