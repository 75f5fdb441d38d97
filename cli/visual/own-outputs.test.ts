/** The images that visual verbs take: their order, and telling those that they have made from others. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePng } from '../../images/index.ts';
import { inputImages, OWN_OUTPUT } from './own-outputs.ts';

const folder = mkdtempSync(join(tmpdir(), 'dinov2-made-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const image = { width: 1, height: 1, channels: 3, data: new Uint8Array(3) } as const;
const made = Buffer.from(await encodePng(image, OWN_OUTPUT));
writeFileSync(at('made.png'), made);
writeFileSync(at('MADE.PNG'), made);
writeFileSync(at('short.png'), made.subarray(0, 50));
writeFileSync(at('other.png'), await encodePng(image, { text: { Software: 'dinov2-tfjs 2' } }));
writeFileSync(at('empty.png'), '');
symlinkSync('made.png', at('link.png'));

const paths = (...names: string[]): string[] => names.map(at);

test('they are passed over by what stands in them, under other names and by links too', async () => {
  const given = paths('made.png', 'MADE.PNG', 'link.png', 'short.png', 'other.png', 'empty.png');
  expect(await inputImages(given)).toEqual(paths('short.png', 'other.png', 'empty.png'));
  expect(await inputImages(paths('made.png', 'link.png'))).toEqual(paths('made.png', 'link.png'));
});

(process.platform === 'win32' ? test.skip : test)('a pipe is left to whoever reads the image', async () => {
  execFileSync('mkfifo', [at('pipe.png')]);
  expect(await inputImages(paths('made.png', 'pipe.png'))).toEqual(paths('pipe.png'));
});

test('numbers in folders and globs are counted, and words stay in their order', async () => {
  const names = ['frame1.png', 'frame2.png', 'frame10.png'].map((name) => at(`film/${name}`));
  mkdirSync(at('film'));
  for (const name of names) writeFileSync(name, '');
  expect(await inputImages([at('film')])).toEqual(names);
  expect(await inputImages([at('film/*.png')])).toEqual(names);
  expect(await inputImages([...names].reverse())).toEqual([...names].reverse());
});
