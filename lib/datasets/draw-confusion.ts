/** Drawings of confusion matrices: which classes are taken for which. */
import { encodePng } from '../../images/encode-png.ts';
import type { RawImage } from '../../images/raw-image.ts';

/** How often each class was taken for each. */
export interface Confusion {
  /** images by the class they are of, then by the one they are taken for, as `evaluateClassification` counts them */
  readonly confusion: readonly (readonly number[])[];
  readonly classes: readonly string[];
}

type Colour = readonly [red: number, green: number, blue: number];

const RIGHT: Colour = [33, 102, 172];
const WRONG: Colour = [178, 24, 43];
const LINE: Colour = [221, 221, 221];
/** Pixels of a cell; of many classes they are smaller. */
const CELL = 28;
const SIDE = 1200;
/** What a character takes at most, in pixels. */
const CHARACTER = 7.5;

/** A cell: its share of the images of its class, and the colour of that. */
interface Cell {
  readonly row: number;
  readonly column: number;
  readonly count: number;
  readonly share: number;
  readonly colour: Colour;
}

function cellsOf({ confusion }: Confusion): Cell[] {
  return confusion.flatMap((counts, row) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count, column): Cell => {
      const share = total === 0 ? 0 : count / total;
      const full = row === column ? RIGHT : WRONG;
      // the square root shows what is rare
      const depth = Math.sqrt(share);
      const mix = (channel: number): number => Math.round(255 + (channel - 255) * depth);
      return { row, column, count, share, colour: [mix(full[0]), mix(full[1]), mix(full[2])] };
    });
  });
}

function cellSize(classes: number): number {
  return Math.max(4, Math.min(CELL, Math.floor(SIDE / classes)));
}

/**
 * The bytes of a PNG file without words: a row for each class, a column for each that it is taken for; blue is right and red wrong, the
 * darker the larger a share of the class.
 */
export function confusionPng(confusion: Confusion): Promise<Uint8Array> {
  return encodePng(confusionImage(confusion));
}

function confusionImage(confusion: Confusion): RawImage {
  const cell = cellSize(confusion.classes.length);
  const side = confusion.classes.length * cell + 1;
  const data = new Uint8Array(3 * side * side);
  for (let at = 0; at < data.length; at += 3) data.set(LINE, at);
  for (const { row, column, colour } of cellsOf(confusion)) {
    for (let y = row * cell + 1; y < (row + 1) * cell; y++)
      for (let x = column * cell + 1; x < (column + 1) * cell; x++) data.set(colour, 3 * (y * side + x));
  }
  return { width: side, height: side, channels: 3, data };
}

/** The text of an SVG file of the same with the names of the classes and the counts. */
export function confusionSvg(confusion: Confusion): string {
  const { classes } = confusion;
  const cell = cellSize(classes.length);
  const longest = Math.max(...classes.map((name) => shortened(name).length));
  const margin = Math.ceil(longest * CHARACTER) + 30;
  const grid = classes.length * cell;
  const side = margin + grid + 10;
  const rects = cellsOf(confusion).map(({ row, column, count, share, colour }) => {
    const [x, y] = [margin + column * cell, margin + row * cell];
    const title = `${classes[row]} taken for ${classes[column]}: ${count}`;
    const rect = `<rect x="${x}" y="${y}" width="${cell}" height="${cell}" fill="rgb(${colour})" stroke="rgb(${LINE})"><title>${escaped(title)}</title></rect>`;
    if (count === 0 || cell < 18) return rect;
    const ink = share > 0.4 ? '#fff' : '#222';
    return `${rect}<text x="${x + cell / 2}" y="${y + cell / 2 + 4}" text-anchor="middle" fill="${ink}" pointer-events="none">${count}</text>`;
  });
  const names = classes.flatMap((name, i) => {
    const middle = margin + (i + 0.5) * cell;
    const text = escaped(shortened(name));
    return [
      `<text x="${margin - 6}" y="${middle + 4}" text-anchor="end">${text}</text>`,
      `<text transform="translate(${middle + 4} ${margin - 6}) rotate(-90)">${text}</text>`,
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" width="${side}" height="${side}" font-family="sans-serif" font-size="11">`,
    `<rect width="${side}" height="${side}" fill="#fff"/>`,
    `<text x="${margin + grid / 2}" y="12" text-anchor="middle" font-weight="bold">taken for</text>`,
    `<text transform="translate(12 ${margin + grid / 2}) rotate(-90)" text-anchor="middle" font-weight="bold">is</text>`,
    ...names,
    ...rects,
    '</svg>\n',
  ].join('\n');
}

function shortened(name: string): string {
  const characters = [...name];
  return characters.length > 24 ? `${characters.slice(0, 23).join('')}…` : name;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
