/** Lines, boxes and markers, drawn into images. */
import type { Box, Point } from '../images/geometry/box.ts';
import type { RawImage } from '../images/raw-image.ts';
import {
  bool,
  choice,
  nonNegative,
  type OptionsOf,
  positive,
  type ReadOptions,
  readOptions,
  share,
} from '../options/rows.ts';
import { colour } from './colour.ts';
import { paintStrokes, type Segment } from './strokes.ts';

/** How lines look. */
export const LINE_OPTIONS = {
  colour: colour([255, 255, 255]),
  /** pixels */
  width: positive({ default: 2 }),
  /** from 0 to 1 */
  opacity: share({ default: 1 }),
  /** pixels of black on either side, which set a line off from what is below */
  halo: nonNegative({ default: 0 }),
  /** whether pixels that are covered in part are mixed */
  antialias: bool({ default: true }),
};

/** How lines look. */
export type LineOptions = OptionsOf<typeof LINE_OPTIONS>;

/** What marks a place. */
const MARKERS = ['circle', 'cross', 'dot'] as const;

/** How markers look. */
export const MARKER_OPTIONS = {
  ...LINE_OPTIONS,
  halo: nonNegative({ default: 1 }),
  /** `circle`, `cross` or `dot` */
  shape: choice(MARKERS, { default: 'circle' }),
  /** pixels from side to side */
  size: positive({ default: 16 }),
};

/** How markers look. */
export type MarkerOptions = OptionsOf<typeof MARKER_OPTIONS>;

const BLACK = [0, 0, 0] as const;

/** Straight pieces of a quarter of a circle. */
const PIECES = 8;

/**
 * Draws a line with round ends into an image, which changes; what lies outside is left out.
 *
 * @throws OptionError
 */
export function drawLine(image: RawImage, from: Point, to: Point, options: LineOptions = {}): void {
  paint(image, [[from, to]], readOptions('drawLine', options, LINE_OPTIONS));
}

/**
 * Draws the border of a rectangle inside of it into an image, which changes; what lies outside of the image is left out.
 *
 * @throws OptionError
 */
export function drawBox(image: RawImage, box: Box, options: LineOptions = {}): void {
  const style = readOptions('drawBox', options, LINE_OPTIONS);
  const inset = style.width / 2;
  const [left, top] = [box.x + inset, box.y + inset];
  const [right, bottom] = [box.x + box.width - inset, box.y + box.height - inset];
  const corners = [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ];
  paint(image, closed(corners), style);
}

/**
 * Marks a place in an image, which changes; what lies outside is left out.
 *
 * @throws OptionError
 */
export function drawMarker(image: RawImage, at: Point, options: MarkerOptions = {}): void {
  const { shape, size, ...style } = readOptions('drawMarker', options, MARKER_OPTIONS);
  const reach = (size - style.width) / 2;
  if (shape === 'dot') paint(image, [[at, at]], { ...style, width: size });
  else paint(image, shape === 'cross' ? cross(at, reach) : closed(circle(at, reach)), style);
}

function paint(image: RawImage, segments: readonly Segment[], style: ReadOptions<typeof LINE_OPTIONS>): void {
  const { halo, ...line } = style;
  if (halo > 0) paintStrokes(image, segments, { ...line, colour: BLACK, width: line.width + 2 * halo });
  paintStrokes(image, segments, line);
}

function closed(corners: readonly Point[]): Segment[] {
  return corners.map((corner, i) => [corner, corners[(i + 1) % corners.length]!]);
}

function cross({ x, y }: Point, reach: number): Segment[] {
  return [
    [
      { x: x - reach, y },
      { x: x + reach, y },
    ],
    [
      { x, y: y - reach },
      { x, y: y + reach },
    ],
  ];
}

/** Points of a circle without a sine, which platforms round differently: ((1 - t²) / (1 + t²), 2t / (1 + t²)). */
function circle({ x, y }: Point, radius: number): Point[] {
  const quarter = Array.from({ length: PIECES }, (_, i): [number, number] => {
    const t = i / PIECES;
    return [(1 - t * t) / (1 + t * t), (2 * t) / (1 + t * t)];
  });
  const turns: ((c: number, s: number) => [number, number])[] = [
    (c, s) => [c, s],
    (c, s) => [-s, c],
    (c, s) => [-c, -s],
    (c, s) => [s, -c],
  ];
  return turns.flatMap((turn) =>
    quarter.map(([c, s]) => {
      const [dx, dy] = turn(c, s);
      return { x: x + radius * dx, y: y + radius * dy };
    }),
  );
}
