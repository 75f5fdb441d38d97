/** What a signal finds while images are computed. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RawImage } from '../../images/raw-image.ts';
import { STOP_SIGNALS } from '../interruption.ts';
import { folder } from '../testing/command.ts';
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
