/** What a signal finds while images are computed, and what is never written over. */
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodePng } from '../../images/index.ts';
import type { RawImage } from '../../images/raw-image.ts';
import { STOP_SIGNALS } from '../interruption.ts';
import { folder } from '../testing/command.ts';
import { OWN_OUTPUT } from './own-outputs.ts';
import { type Visual, VisualOutput } from './visual-output.ts';

const IMAGE: RawImage = { width: 8, height: 6, channels: 3, data: new Uint8Array(8 * 6 * 3) };
const WORDS = ['one.png', 'two.png', 'three.png'];

/** How many listen to signals. */
function listeners(): number {
  return STOP_SIGNALS.reduce((sum, signal) => sum + process.listenerCount(signal), 0);
}

/** What is written and said of images, and who listens to signals and what is in the folder while each is computed. */
async function written(output: string, given: readonly string[]) {
  const found: { heard: number; files: string[] }[] = [];
  const before = listeners();
  async function* visuals(): AsyncGenerator<Visual, void, undefined> {
    for (const index of WORDS.keys()) {
      found.push({ heard: listeners() - before, files: readdirSync(output).sort() });
      yield { index, image: IMAGE, facts: {} };
    }
  }
  const said: string[] = [];
  const print = process.stdout.write;
  process.stdout.write = (text) => said.push(String(text)) > 0;
  try {
    await (await VisualOutput.open('pca', { output }, WORDS, given)).write(visuals());
  } finally {
    process.stdout.write = print;
  }
  return { found, said, heard: listeners() - before };
}

test.each(['with', 'without'])(
  '%s a contact sheet a signal ends the command at once, and files there are whole',
  async (sheet) => {
    const output = join(folder, sheet);
    const { found, said, heard } = await written(output, sheet === 'with' ? [folder] : WORDS);
    expect(found).toEqual([
      { heard: 0, files: [] },
      { heard: 0, files: ['one-pca.png'] },
      { heard: 0, files: ['one-pca.png', 'two-pca.png'] },
    ]);
    expect(heard).toBe(0);
    expect(said).toHaveLength(sheet === 'with' ? 4 : 3);
    expect(readdirSync(output)).toHaveLength(said.length);
  },
);

describe('what is there already', () => {
  const photos = join(folder, 'photos');
  const at = (name: string): string => join(photos, name);
  beforeAll(() => {
    mkdirSync(photos);
    for (const name of ['cat.png', 'cat-pca.png', 'pca.png']) writeFileSync(at(name), name);
    mkdirSync(at('dog-pca.png'));
    symlinkSync('photos', join(folder, 'linked'));
  });
  const open = (output: string, words: string[], given = words) =>
    VisualOutput.open('pca', { output }, words, given);

  test('no image is replaced that this command has not made, by what is made of another or by the sheet', async () => {
    const refusal = (output: string, name: string): string =>
      `--output: expected a folder in which no file of others is replaced, got ${output}, where ${name} was not made by this command; name another folder`;
    for (const output of [photos, join(folder, 'linked')]) {
      await expect(open(output, [at('cat.png')])).rejects.toThrow(refusal(output, 'cat-pca.png'));
      await expect(open(output, ['a.png', 'b.png'].map(at), [photos])).rejects.toThrow(
        refusal(output, 'pca.png'),
      );
    }
    // without a sheet there is nothing in the way
    await open(photos, ['a.png', 'b.png'].map(at));
  });

  test('what it has made is written over', async () => {
    writeFileSync(at('bird-pca.png'), await encodePng(IMAGE, OWN_OUTPUT));
    await open(photos, [at('bird.png')]);
  });

  test('a folder in the place of a file is told before anything is computed', async () => {
    await expect(open(photos, [at('dog.png')])).rejects.toThrow(
      `${at('dog-pca.png')}: expected to write this file, got EISDIR; check the folder and its rights`,
    );
  });
});
