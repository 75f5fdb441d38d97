/** The files that a visual verb makes: a PNG for each image, and a contact sheet. */
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { contactSheetInBands, encodePng, encodePngRows, type RawImage, writeFile } from '../../lib/index.ts';
import { type Parsed, valuesOf } from '../flags.ts';
import { interruptible } from '../interruption.ts';
import { printable } from '../messages.ts';
import { writeError } from '../write-file.ts';
import { outputNames } from './output-names.ts';
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

/** Pixels of the longer side of an image on a contact sheet. */
const CELL = 320;

/** Writes images as they come, and says of each where it is. */
export class VisualOutput {
  private readonly verb: string;
  private readonly words: readonly string[];
  private readonly names: readonly string[];
  private readonly settings: ReturnType<typeof settingsOf>;
  private readonly hasSheet: boolean;

  private constructor(verb: string, parsed: Parsed, words: readonly string[], isFolder: boolean) {
    this.verb = verb;
    this.words = words;
    this.names = outputNames(words, verb);
    this.settings = settingsOf(parsed);
    this.hasSheet = words.length > 1 && (isFolder || this.settings.columns !== undefined);
  }

  /**
   * Makes the folder of the output, before hours of work are done for it.
   *
   * @param words of the images, as `expandImages` gives them
   * @param given the same as the user wrote them: of a folder there is a contact sheet
   * @throws SourceError if the folder can't be made
   */
  static async open(
    verb: string,
    parsed: Parsed,
    words: readonly string[],
    given: readonly string[] = [],
  ): Promise<VisualOutput> {
    const { output } = settingsOf(parsed);
    await mkdir(output, { recursive: true }).catch((error: unknown) => {
      throw writeError(output, error);
    });
    const isFolder = await Promise.all(
      given.map((word) =>
        stat(word).then(
          (found) => found.isDirectory(),
          () => false,
        ),
      ),
    );
    return new VisualOutput(verb, parsed, words, isFolder.includes(true));
  }

  /**
   * Writes each image when it comes; of a contact sheet a row is in memory.
   *
   * @throws SourceError if a file can't be written; what `visuals` throws
   */
  async write(visuals: AsyncIterable<Visual>): Promise<void> {
    await interruptible(async (signal) => {
      const cells = this.cells(visuals, signal);
      const first = await cells.next();
      if (first.done) return;
      const all = joined(first.value, cells);
      if (this.hasSheet) await this.writeSheet(first.value.image, all, signal);
      else for await (const _ of all);
    });
  }

  private async *cells(
    visuals: AsyncIterable<Visual>,
    signal: AbortSignal,
  ): AsyncGenerator<{ image: RawImage; caption: string }, void, undefined> {
    for await (const { index, image, caption, facts } of visuals) {
      signal.throwIfAborted();
      const [word = '', name = ''] = [this.words[index], this.names[index]];
      const output = join(this.settings.output, name);
      await writeFile(output, await encodePng(image), { overwrite: true, signal });
      this.print(word, { image: word, output, ...facts }, output);
      yield { image, caption: caption ?? name.slice(0, -`-${this.verb}.png`.length) };
    }
  }

  private async writeSheet(
    first: RawImage,
    cells: AsyncIterable<{ image: RawImage; caption: string }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { output: folder, columns } = this.settings;
    const side = Math.min(CELL, Math.max(first.width, first.height));
    const plan = { count: this.words.length, cell: { width: side, height: side }, captions: true };
    const sheet = contactSheetInBands(cells, plan, { ...(columns !== undefined && { columns }) });
    const output = join(folder, `${this.verb}.png`);
    await writeFile(output, encodePngRows(sheet, sheet.bands), { overwrite: true, signal });
    this.print('contact sheet', { sheet: output }, output);
  }

  private print(what: string, json: object, output: string): void {
    const line = this.settings.json ? JSON.stringify(json) : [what, output].map(printable).join('\t');
    process.stdout.write(`${line}\n`);
  }
}

function settingsOf(parsed: Parsed) {
  return valuesOf(VISUAL_OPTIONS, parsed);
}

async function* joined<Item>(
  first: Item,
  others: AsyncIterable<Item>,
): AsyncGenerator<Item, void, undefined> {
  yield first;
  yield* others;
}
