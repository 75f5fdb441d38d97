/** Places on an image, in pixels: (0, 0) is the upper left corner of the first pixel, whose centre is (0.5, 0.5). */

/** A point. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A rectangle by its upper left corner; its right and lower edges belong to what lies beside it. */
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** The part that two boxes share; of width or height 0 where they share none. */
export function intersection(a: Box, b: Box): Box {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const width = Math.max(0, Math.min(a.x + a.width, b.x + b.width) - x);
  const height = Math.max(0, Math.min(a.y + a.height, b.y + b.height) - y);
  return { x, y, width, height };
}
