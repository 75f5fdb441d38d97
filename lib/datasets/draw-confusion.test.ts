import { decodeImage } from '../../images/decode-image.ts';
import { confusionPng, confusionSvg } from './draw-confusion.ts';

const TWO = {
  confusion: [
    [3, 1],
    [0, 0],
  ],
  classes: ['a & <b>', 'c'],
};

test('a PNG has a cell for each pair, blue where it is right, red where not, white where nothing is', async () => {
  const { width, height, data } = await decodeImage(await confusionPng(TWO));
  expect([width, height]).toEqual([57, 57]);
  const at = (row: number, column: number): number[] => {
    const pixel = 3 * ((row * 28 + 14) * width + column * 28 + 14);
    return [...data.subarray(pixel, pixel + 3)];
  };
  const [red = 0, , blue = 0] = at(0, 0);
  expect(blue).toBeGreaterThan(red);
  expect(at(0, 1)[0]).toBeGreaterThan(at(0, 1)[2] ?? 255);
  expect(at(1, 0)).toEqual([255, 255, 255]);
});

test('an SVG has names and counts, and no name breaks it', () => {
  const svg = confusionSvg(TWO);
  expect(svg).toMatch(/<title>a &#38; &#60;b&#62; taken for c: 1<\/title>/);
  expect(svg.match(/<rect /g)).toHaveLength(5);
  expect(svg.match(/>3<\/text>/g)).toHaveLength(1);
  expect(svg).not.toMatch(/<b>/);
});

test('many classes have small cells without counts', async () => {
  const classes = Array.from({ length: 200 }, (_, i) => `class ${i}`);
  const confusion = classes.map((_, i) => classes.map((_, j) => Number(i === j)));
  expect((await decodeImage(await confusionPng({ confusion, classes }))).width).toBe(1201);
  expect(confusionSvg({ confusion, classes })).not.toMatch(/>1<\/text>/);
});
