/** The files that a visual verb makes: a PNG for each image, and a contact sheet. */
import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { codeOf } from '../../errors/code-of.ts';
import {
  contactSheetInBands,
  encodePng,
  encodePngRows,
  OptionError,
  type RawImage,
  type SheetPlan,
} from '../../lib/index.ts';
import { makeFolders } from '../../platform/make-folders-node.ts';
import { type Parsed, valuesOf } from '../flags.ts';
import { printable } from '../messages.ts';
import { writeError, writeOutput } from '../write-file.ts';
import { outputNames } from './output-names.ts';
import { OWN_OUTPUT, requireOwnOutputs } from './own-outputs.ts';
import { appendUnnamed, unnamedFile } from './unnamed-file.ts';
import { VISUAL_OPTIONS } from './visual-options.ts';

/** What a verb makes of one image. */
export interface Visual {
  /** the image's place among the words that the output was opened with */
  readonly index: number;
  readonly image: RawImage;
  /** what stands below it on a contact sheet; default its word */
  readonly caption?: string;
  /** what `--json` says beside image and output */
  readonly facts: object;
}

/** An image on a contact sheet. */
interface SheetCell {
  image: RawImage;
  caption: string;
}

/** Pixels of the longer side of an image on a contact sheet. */
const CELL = 320;

/** The least share of it that the other side has. */
const FLATTEST = 0.75;

/** Writes images as they come, and says of each where it is. */
export class VisualOutput {
  private readonly verb: string;
  private readonly words: readonly string[];
  private readonly names: readonly string[];
  private readonly settings: ReturnType<typeof settingsOf>;
  private readonly hasSheet: boolean;

  private constructor(verb: string, parsed: Parsed, words: readonly string[], ofFolder: boolean) {
    this.verb = verb;
    this.words = words;
    this.names = outputNames(words, verb);
    this.settings = settingsOf(parsed);
    this.hasSheet = words.length > 1 && (ofFolder || this.settings.columns !== undefined);
  }

  /**
   * Makes the folder of the output, before hours of work are done for it.
   *
   * @param words of the images, as `expandImages` gives them
   * @param given the same as the user wrote them: of a folder there is a contact sheet
   * @throws OptionError if the output is a file, or is named as one, or a file would be replaced that this command has not made
   * @throws SourceError if the folder can't be made, or a folder in it has the name of a file
   */
  static async open(
    verb: string,
    parsed: Parsed,
    words: readonly string[],
    given: readonly string[] = [],
  ): Promise<VisualOutput> {
    await makeFolder(settingsOf(parsed).output);
    const areFolders = await Promise.all(given.map(isFolder));
    const opened = new VisualOutput(verb, parsed, words, areFolders.includes(true));
    const sheet = opened.hasSheet ? [opened.sheetName] : [];
    await requireOwnOutputs(opened.settings.output, [...opened.names, ...sheet]);
    return opened;
  }

  /**
   * Writes each image when it comes; of a contact sheet a row is in memory. While an image is computed there is nothing to put away: a
   * signal ends that at once.
   *
   * @throws SourceError if a file can't be written; what `visuals` throws
   */
  async write(visuals: AsyncIterable<Visual>): Promise<void> {
    if (this.hasSheet) await this.writeAllAndSheet(visuals);
    else for await (const visual of visuals) await this.writeOne(visual);
  }

  /** Writes an image, and gives its place on a sheet. */
  private async writeOne({ index, image, caption, facts }: Visual): Promise<SheetCell> {
    const [word = '', name = ''] = [this.words[index], this.names[index]];
    const output = join(this.settings.output, name);
    await writeOutput(output, await encodePng(image, OWN_OUTPUT));
    this.print(word, { image: word, output, ...facts }, output);
    return { image, caption: caption ?? name.slice(0, -`-${this.verb}.png`.length) };
  }

  private async writeAllAndSheet(visuals: AsyncIterable<Visual>): Promise<void> {
    const cells = this.cells(visuals);
    const first = await cells.next();
    if (first.done) return;
    const { output: folder, columns } = this.settings;
    const plan = { count: this.words.length, cell: cellLike(first.value.image), captions: true };
    const sheet = contactSheetInBands(joined(first.value, cells), plan, {
      ...(columns !== undefined && { columns }),
    });
    const output = join(folder, this.sheetName);
    // a file beside the output would have to be put away, and a signal wait for it
    const file = await unnamedFile();
    try {
      for await (const piece of encodePngRows(sheet, sheet.bands, 3, OWN_OUTPUT))
        await appendUnnamed(file, piece);
      await writeOutput(output, file.createReadStream({ start: 0, autoClose: false }));
    } finally {
      await file.close();
    }
    this.print('contact sheet', { sheet: output }, output);
  }

  private async *cells(visuals: AsyncIterable<Visual>): AsyncGenerator<SheetCell, void, undefined> {
    for await (const visual of visuals) yield await this.writeOne(visual);
  }

  private get sheetName(): string {
    return `${this.verb}.png`;
  }

  private print(what: string, json: object, output: string): void {
    const line = this.settings.json ? JSON.stringify(json) : [what, output].map(printable).join('\t');
    process.stdout.write(`${line}\n`);
  }
}

/** A place for images like this one, in which others have room enough too. */
function cellLike({ width, height }: RawImage): SheetPlan['cell'] {
  const longer = Math.max(width, height);
  const side = Math.min(CELL, longer);
  const pixels = (size: number): number => Math.round(side * Math.max(FLATTEST, size / longer));
  return { width: pixels(width), height: pixels(height) };
}

function settingsOf(parsed: Parsed) {
  return valuesOf(VISUAL_OPTIONS, parsed);
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Other verbs write one file: people name one here too, and would look for it in vain. */
async function makeFolder(output: string): Promise<void> {
  if (await isFolder(output)) return;
  if (extname(output).toLowerCase() === '.png') {
    throw new OptionError(`--output: expected a folder, got ${output}; images in it are named after yours`);
  }
  try {
    makeFolders(output);
  } catch (error) {
    const isFile = ['EEXIST', 'ENOTDIR'].includes(String(codeOf(error)));
    if (isFile) throw new OptionError(`--output: expected a folder, got a file in the way of ${output}`);
    throw writeError(output, error);
  }
}

async function* joined<Item>(
  first: Item,
  others: AsyncIterable<Item>,
): AsyncGenerator<Item, void, undefined> {
  yield first;
  yield* others;
}
