/** Many images on one sheet, which needs the memory of one row of them. */
import { joined } from '../bytes/joined.ts';
import { OptionError } from '../errors/errors.ts';
import type { RawImage } from '../images/raw-image.ts';
import type { ImageSize } from '../images/target-size.ts';
import { count, type OptionsOf, positiveInteger, type ReadOptions, readOptions } from '../options/rows.ts';
import { blankImage, placeImage } from './blank-image.ts';
import { CELL_OPTIONS, type Cell, captionHeight, drawCaption } from './cell.ts';
import { enlarge } from './enlarge.ts';

/** How a sheet is laid out. */
export const SHEET_OPTIONS = {
  ...CELL_OPTIONS,
  /** pixels around all */
  margin: count({ default: 8 }),
  /** images of a row; default as many as there are rows, or one more */
  columns: positiveInteger({ flag: '--columns <n>', help: 'images in a row of a contact sheet' }),
};

/** How a sheet is laid out. */
export type SheetOptions = OptionsOf<typeof SHEET_OPTIONS>;

/** What has to be known of a sheet before its images are there. */
export interface SheetPlan {
  /** how many images there will be, or at most */
  readonly count: number;
  /** pixels of the place of an image; a larger one is shrunk */
  readonly cell: ImageSize;
  /** whether there is room for captions */
  readonly captions: boolean;
}

/** A sheet that comes row by row, for `encodePngRows(sheet, sheet.bands)`. */
export interface SheetInBands extends ImageSize {
  /** pixels, [h, W, 3] each, from above to below */
  readonly bands: AsyncGenerator<Uint8Array, void, undefined>;
}

/**
 * Sets images in rows and columns, each at the lower edge of its place, with captions if any has one. Columns are as wide as the widest
 * image, and rows as high as the highest of theirs.
 *
 * @param cells at least one; borrowed
 * @throws OptionError
 */
export function contactSheet(cells: readonly Cell[], options: SheetOptions = {}): RawImage {
  const most = (sizes: number[]): number => sizes.reduce((a, b) => Math.max(a, b), 1);
  const cell = {
    width: most(cells.map(({ image }) => image.width)),
    height: most(cells.map(({ image }) => image.height)),
  };
  const captions = cells.some(({ caption }) => caption !== undefined);
  const sheet = new Sheet({ count: cells.length, cell, captions }, options);
  const bands = Array.from({ length: sheet.rows }, (_, row) => {
    const inRow = cells.slice(row * sheet.columns, (row + 1) * sheet.columns);
    return sheet.band(row, inRow, most(inRow.map(({ image }) => image.height)));
  });
  const edge = sheet.edge();
  const height = bands.reduce((sum, band) => sum + band.height, edge.height);
  const data = joined([...bands, edge].map((band) => band.data));
  return { width: sheet.width, height, channels: 3, data };
}

/**
 * The same of images that come one after the other, in places of one size: no more than a row of them is in memory.
 *
 * Where fewer come than were planned, their places stay empty.
 *
 * @param cells borrowed
 * @throws OptionError; through the bands, if more images come than were planned, and whatever `cells` throws
 */
export function contactSheetInBands(
  cells: Iterable<Cell> | AsyncIterable<Cell>,
  plan: SheetPlan,
  options: SheetOptions = {},
): SheetInBands {
  const sheet = new Sheet(plan, options);
  return { width: sheet.width, height: sheet.height, bands: bandsOf(sheet, cells, plan.count) };
}

async function* bandsOf(
  sheet: Sheet,
  cells: Iterable<Cell> | AsyncIterable<Cell>,
  count: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let row: Cell[] = [];
  let [taken, done] = [0, 0];
  for await (const cell of cells) {
    if (++taken > count)
      throw new OptionError(`contactSheet: expected ${count} images, got more; plan for them`);
    row.push(cell);
    if (row.length < sheet.columns) continue;
    yield sheet.band(done++, row).data;
    row = [];
  }
  for (; done < sheet.rows; row = []) yield sheet.band(done++, row).data;
  yield sheet.edge().data;
}

/** Where everything is on a sheet. */
class Sheet {
  readonly style: ReadOptions<typeof SHEET_OPTIONS>;
  readonly columns: number;
  readonly rows: number;
  readonly width: number;
  readonly height: number;
  private readonly plan: SheetPlan;

  constructor(plan: SheetPlan, options: SheetOptions) {
    this.plan = plan;
    this.style = readOptions('contactSheet', options, SHEET_OPTIONS);
    const { gap, margin, columns = Math.ceil(Math.sqrt(plan.count)) } = this.style;
    this.columns = Math.max(1, Math.min(columns, plan.count));
    this.rows = Math.ceil(plan.count / this.columns);
    this.width = this.columns * (plan.cell.width + gap) - gap + 2 * margin;
    this.height = this.rows * (plan.cell.height + this.captionHeight + gap) - gap + 2 * margin;
  }

  private get captionHeight(): number {
    return this.plan.captions ? captionHeight(this.style) : 0;
  }

  /**
   * A row of the sheet with the space above it.
   *
   * @param height pixels of its places; default those that were planned
   */
  band(row: number, cells: readonly Cell[], height = this.plan.cell.height): RawImage {
    const { gap, margin, background } = this.style;
    const { captions } = this.plan;
    const cell = { width: this.plan.cell.width, height };
    const above = row === 0 ? margin : gap;
    const band = blankImage(this.width, above + height + this.captionHeight, background);
    for (const [i, { image, caption }] of cells.entries()) {
      const left = margin + i * (cell.width + gap);
      const fitted = shrunk(image, cell);
      const x = left + Math.floor((cell.width - fitted.width) / 2);
      placeImage(band, fitted, x, above + cell.height - fitted.height);
      if (captions && caption !== undefined)
        drawCaption(band, caption, { x: left, y: above + cell.height, width: cell.width }, this.style);
    }
    return band;
  }

  /** The space below the last row. */
  edge(): RawImage {
    return blankImage(this.width, this.style.margin, this.style.background);
  }
}

/** An image as large as it is, or as large as there is room. */
function shrunk(image: RawImage, cell: ImageSize): RawImage {
  const scale = Math.min(1, cell.width / image.width, cell.height / image.height);
  const pixels = (size: number): number => Math.max(1, Math.round(size * scale));
  return enlarge(image, pixels(image.width), pixels(image.height), 'bicubic');
}
