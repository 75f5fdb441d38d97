import type { RawImage } from '../images/raw-image.ts';
import { blankImage } from './blank-image.ts';
import { colormap } from './colormap.ts';
import { drawBox, drawLine, drawMarker } from './draw-line.ts';
import { drawText, fittedText, textWidth } from './draw-text.ts';
import { toImageData, toRgba } from './image-data.ts';
import { legend } from './legend.ts';

const WHITE = [255, 255, 255] as const;

/** How dark pixels are: from '.', white, to 9, black. */
function picture({ width, height, data }: RawImage): string[] {
  const shade = (at: number): string =>
    String(Math.round(((255 - (data[at] ?? 0)) * 9) / 255)).replace('0', '.');
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => shade(3 * (y * width + x))).join(''),
  );
}

test('letters of 16 pixels are sharp, and what the font has not is a box', () => {
  const image = blankImage(17, 16, WHITE);
  drawText(image, 'L漢', { x: 1, y: 0 }, { colour: [0, 0, 0] });
  expect(picture(image).slice(3, 12)).toEqual([
    '.9......999999...',
    '.9......9....9...',
    '.9......9....9...',
    '.9......9....9...',
    '.9......9....9...',
    '.9......9....9...',
    '.9......9....9...',
    '.9......9....9...',
    '.99999..999999...',
  ]);
});

test('text is as wide as is said, and fitted text no wider than there is room', () => {
  const text = 'Patches of 14 × 14';
  const image = blankImage(300, 16, WHITE);
  drawText(image, text, { x: 0, y: 0 });
  const last = Math.max(...picture(image).map((row) => row.search(/\.*$/)));
  expect(last).toBe(textWidth(text));
  expect(fittedText(text, last, 16)).toBe(text);
  const fitted = fittedText(text, 60, 16);
  expect(fitted).toMatch(/^Patc.*…$/);
  expect(textWidth(fitted, 16)).toBeLessThanOrEqual(60);
  expect(fittedText(text, 3, 16)).toBe('');
});

test('a line along pixels is sharp; others are mixed, or not if that is not wanted', () => {
  const image = blankImage(7, 8, WHITE);
  const black = { colour: [0, 0, 0], width: 1 } as const;
  drawLine(image, { x: 1.5, y: 0.5 }, { x: 4.5, y: 0.5 }, black);
  drawLine(image, { x: 0.5, y: 3.75 }, { x: 6.5, y: 3.75 }, black);
  drawLine(image, { x: 0.5, y: 5.5 }, { x: 6.5, y: 7.5 }, { ...black, antialias: false });
  expect(picture(image)).toEqual([
    '.9999..',
    '.......',
    '.......',
    '7777777',
    '2222222',
    '99.....',
    '..999..',
    '.....99',
  ]);
});

test('boxes are drawn inside of their borders, and markers around their places; what lies outside is left out', () => {
  const image = blankImage(9, 7, WHITE);
  drawBox(image, { x: 1, y: 1, width: 5, height: 4 }, { colour: [0, 0, 0], width: 1 });
  expect(picture(image)).toEqual([
    '.........',
    '.99999...',
    '.9...9...',
    '.9...9...',
    '.99999...',
    '.........',
    '.........',
  ]);
  const marked = blankImage(9, 7, WHITE);
  drawMarker(marked, { x: 4.5, y: 3.5 }, { shape: 'cross', size: 5, width: 1, halo: 0, colour: [0, 0, 0] });
  drawMarker(marked, { x: -50, y: 3 }, { shape: 'dot' });
  expect(picture(marked)).toEqual([
    '.........',
    '....9....',
    '....9....',
    '..99999..',
    '....9....',
    '....9....',
    '.........',
  ]);
  const ring = blankImage(9, 9, WHITE);
  drawMarker(ring, { x: 4.5, y: 4.5 }, { size: 9, width: 1, halo: 0, colour: [0, 0, 0] });
  const rows = picture(ring);
  expect(rows[4]).toBe('9.......9');
  expect(rows.map((row) => [...row].reverse().join(''))).toEqual(rows);
  expect([...rows].reverse()).toEqual(rows);
});

test('a legend runs from below to above and has round numbers', () => {
  const image = legend(100, [-0.25, 0.9], { colormap: 'magma' });
  const colours = colormap('magma');
  const at = (y: number): number[] => [...image.data.subarray(3 * y * image.width, 3 * y * image.width + 3)];
  expect(at(99)).toEqual([...colours.subarray(3, 6)]);
  expect(at(0)).toEqual([...colours.subarray(3 * 254, 3 * 255)]);
  // -0.0, 0.5 and no more have room
  const ticks = picture(image).flatMap((row, y) => (row.slice(14, 18) === '8888' ? [y] : []));
  expect(ticks).toEqual([34, 78]);
  expect(() => legend(100, [1, Number.POSITIVE_INFINITY])).toThrow(/two numbers, the lower one first, got/);
});

test('a legend of one value has it in the middle, and numbers no more decimals than they need', () => {
  const ticksOf = (image: RawImage): number[] =>
    picture(image).flatMap((row, y) => (row.slice(14, 18) === '8888' ? [y] : []));
  const one = legend(100, [2.5, 2.5]);
  expect(ticksOf(one)).toEqual([50]);
  expect(one.width).toBe(22 + textWidth('2.5', 16));
  // room for a single number, a multiple of 0.1 where 0.05 has two
  const few = legend(40, [0, 0.09]);
  expect(ticksOf(few)).toEqual([39]);
  expect(few.width).toBe(22 + textWidth('0.0', 16));
});

test.each([1e-150, 1e-3, 1, 1000, 1e6])(
  'a legend of 0 to %p has marks and numbers from below to above',
  (high) => {
    const height = 160;
    const image = legend(height, [0, high]);
    const rows = picture(image);
    const ticks = rows.flatMap((row, y) => (row.slice(14, 18) === '8888' ? [y] : []));
    // three have room: nothing, the half and all
    expect(ticks).toEqual([0, 80, 159]);
    // the lowest number is drawn as far as it would be elsewhere
    const text = rows.map((row) => row.slice(22).replace(/\.+$/, ''));
    const inked = (from: number, to: number) => text.slice(from, to).filter((row) => row !== '').length;
    expect(inked(144, 160)).toBe(inked(72, 88));
  },
);

test('a canvas gets opaque pixels; where there is none, the message says what there is', () => {
  expect([...toRgba(blankImage(2, 1, [1, 2, 3]))]).toEqual([1, 2, 3, 255, 1, 2, 3, 255]);
  expect(() => toImageData(blankImage(1, 1, WHITE))).toThrow(/use toRgba/);
});
