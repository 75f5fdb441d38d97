/** How many values a tensor has. */

/** The product of a shape's lengths; 1 for the shape [] of a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
