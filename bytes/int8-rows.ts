/** Rows of a matrix in 8 bits: integers, and one factor a row. */

// a global is slow to find in some contexts, which tells where a loop is long
const { abs, fround, max, min } = Math;

/** The largest integer; −128 is left out, so that rows are symmetric. */
const LARGEST = 127;

/** The largest finite float32. */
const LARGEST_FLOAT = (2 - 2 ** -23) * 2 ** 127;

/** Rows [N, K] in 8 bits. A value is its integer times the scale of its row. */
export interface Int8Rows {
  /** row-major */
  readonly values: Int8Array;
  /** one for each row, above zero */
  readonly scales: Float32Array;
}

/**
 * Rounds rows to 8 bits: each is divided by its scale, in float32, then rounded to the nearest integer, and halfway to the even
 * neighbour. What is no number becomes 0, and infinity as large as the row's largest finite value.
 *
 * @param values [N, K], row-major
 * @param inputs K
 */
export function quantiseRows(values: Float32Array, inputs: number): Int8Rows {
  const integers = new Int8Array(values.length);
  const scales = rowScales(values, inputs);
  for (let row = 0; row < scales.length; row++) {
    const scale = scales[row]!;
    for (let i = row * inputs; i < (row + 1) * inputs; i++) {
      integers[i] = nearestEven(max(-LARGEST, min(LARGEST, fround(values[i]! / scale))));
    }
  }
  return { values: integers, scales };
}

/**
 * The scales that rows get in 8 bits: a hundred-and-twenty-seventh of the largest finite magnitude, and 1 of a row of zeros.
 *
 * @param values [N, K], row-major
 * @param inputs K
 */
export function rowScales(values: Float32Array, inputs: number): Float32Array {
  const scales = new Float32Array(inputs === 0 ? 0 : values.length / inputs);
  for (let row = 0; row < scales.length; row++) {
    let largest = 0;
    for (let i = row * inputs; i < (row + 1) * inputs; i++) {
      const magnitude = abs(values[i]!);
      if (magnitude > largest && magnitude <= LARGEST_FLOAT) largest = magnitude;
    }
    scales[row] = fround(largest / LARGEST) || 1;
  }
  return scales;
}

/** In a sum with it a small number has no bits behind the point: the processor rounds. */
const WITHOUT_FRACTION = 1.5 * 2 ** 52;

function nearestEven(value: number): number {
  return value + WITHOUT_FRACTION - WITHOUT_FRACTION;
}

/** The float32 values of rows in 8 bits, in a new array. */
export function widenInt8Rows({ values, scales }: Int8Rows): Float32Array {
  const widened = new Float32Array(values.length);
  const inputs = values.length / scales.length;
  for (let row = 0; row < scales.length; row++) {
    const scale = scales[row]!;
    for (let i = row * inputs; i < (row + 1) * inputs; i++) widened[i] = values[i]! * scale;
  }
  return widened;
}
