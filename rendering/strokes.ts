/** Strokes: which share of each pixel a line of some width covers. Only operations that are rounded alike on every platform. */
import type { Point } from '../images/geometry/box.ts';
import type { RawImage } from '../images/raw-image.ts';
import type { Colour } from './colour.ts';

/** From a point straight to another; a dot where they are the same. */
export type Segment = readonly [from: Point, to: Point];

/** How strokes are painted. */
export interface StrokeStyle {
  readonly colour: Colour;
  /** pixels */
  readonly width: number;
  /** from 0 to 1 */
  readonly opacity: number;
  /** whether pixels that are covered in part are mixed */
  readonly antialias: boolean;
}

/** The pixels that strokes may touch. */
interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Paints segments with round ends into an image, which changes; where they cross, they cover as one. */
export function paintStrokes(image: RawImage, segments: readonly Segment[], style: StrokeStyle): void {
  const half = style.width / 2;
  const bounds = boundsOf(segments, half + 1, image);
  const columns = bounds.right - bounds.left;
  if (columns <= 0 || bounds.bottom <= bounds.top) return;
  const coverage = new Float32Array(columns * (bounds.bottom - bounds.top));
  for (const segment of segments) cover(coverage, bounds, segment, half, style.antialias);
  for (let i = 0; i < coverage.length; i++) {
    const share = coverage[i]! * style.opacity;
    if (share === 0) continue;
    const [x, y] = [bounds.left + (i % columns), bounds.top + Math.floor(i / columns)];
    mix(image, 3 * (y * image.width + x), style.colour, share);
  }
}

/** Mixes a colour into the pixel that begins at an index. */
function mix({ data }: RawImage, at: number, colour: Colour, share: number): void {
  for (let channel = 0; channel < 3; channel++) {
    const below = data[at + channel]!;
    data[at + channel] = Math.round(below + (colour[channel]! - below) * share);
  }
}

function boundsOf(segments: readonly Segment[], margin: number, { width, height }: RawImage): Bounds {
  const points = segments.flat();
  const least = (values: number[]): number =>
    values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const greatest = (values: number[]): number => -least(values.map((each) => -each));
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return {
    left: Math.max(0, Math.floor(least(xs) - margin)),
    top: Math.max(0, Math.floor(least(ys) - margin)),
    right: Math.min(width, Math.ceil(greatest(xs) + margin)),
    bottom: Math.min(height, Math.ceil(greatest(ys) + margin)),
  };
}

/** Raises the coverage of the pixels near a segment. */
function cover(
  coverage: Float32Array,
  { left, top, right, bottom }: Bounds,
  [from, to]: Segment,
  half: number,
  antialias: boolean,
): void {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const squared = dx * dx + dy * dy;
  const reach = half + 1;
  const lower = Math.max(top, Math.floor(Math.min(from.y, to.y) - reach));
  const upper = Math.min(bottom, Math.ceil(Math.max(from.y, to.y) + reach));
  for (let y = lower; y < upper; y++) {
    const [first, last] = columnsNear(from, to, y + 0.5, reach);
    for (let x = Math.max(left, first); x < Math.min(right, last); x++) {
      const [px, py] = [x + 0.5 - from.x, y + 0.5 - from.y];
      const along = squared === 0 ? 0 : Math.min(Math.max((px * dx + py * dy) / squared, 0), 1);
      const [ex, ey] = [px - along * dx, py - along * dy];
      const inside = half + 0.5 - Math.sqrt(ex * ex + ey * ey);
      const share = antialias ? Math.min(Math.max(inside, 0), 1) : inside >= 0.5 ? 1 : 0;
      const at = (y - top) * (right - left) + x - left;
      if (share > coverage[at]!) coverage[at] = share;
    }
  }
}

/** Which columns of a row can lie within reach of a segment. */
function columnsNear(from: Point, to: Point, y: number, reach: number): [number, number] {
  const dy = to.y - from.y;
  let [start, end] = [0, 1];
  if (Math.abs(dy) > reach) {
    const [one, other] = [(y - reach - from.y) / dy, (y + reach - from.y) / dy];
    start = Math.max(0, Math.min(one, other));
    end = Math.min(1, Math.max(one, other));
  }
  const [a, b] = [from.x + start * (to.x - from.x), from.x + end * (to.x - from.x)];
  return [Math.floor(Math.min(a, b) - reach), Math.ceil(Math.max(a, b) + reach)];
}
