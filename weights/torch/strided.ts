/** Tensors that are views: values that don't stand one after another. */
import { elementCount } from '../../shapes/element-count.ts';

interface Axis {
  length: number;
  /** elements from one value to the next */
  stride: number;
}

/** Elements from the first value to the last, both counted; 0 for a tensor without values. */
export function extentOf(shape: readonly number[], strides: readonly number[]): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((extent, length, axis) => extent + (length - 1) * strides[axis]!, 1);
}

/** The axes that matter, with neighbours joined where the outer goes on where the inner ends. */
function joinedAxes(shape: readonly number[], strides: readonly number[]): Axis[] {
  const axes: Axis[] = [];
  shape.forEach((length, index) => {
    const stride = strides[index]!;
    const outer = axes.at(-1);
    if (length === 1) return;
    if (outer !== undefined && outer.stride === length * stride) {
      outer.length *= length;
      outer.stride = stride;
    } else axes.push({ length, stride });
  });
  return axes;
}

/** Whether the values stand one after another, row by row. */
export function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  const [axis, ...others] = joinedAxes(shape, strides);
  return shape.includes(0) || axis === undefined || (others.length === 0 && axis.stride === 1);
}

/**
 * Copies the values of a view one after another, row by row.
 *
 * @param bytes from the first value to the last, `extentOf` elements, at a multiple of 4 in their buffer
 * @param elementBytes bytes of an element: 1, 2, 4 or 8
 * @returns the values of all elements
 */
export function gatherRows(
  bytes: Uint8Array,
  elementBytes: number,
  shape: readonly number[],
  strides: readonly number[],
): Uint8Array {
  const gathered = new Uint8Array(elementBytes * elementCount(shape));
  const from = bytes.buffer;
  if (elementBytes === 1) gather(bytes, gathered, shape, strides);
  else if (elementBytes === 2) {
    gather(
      new Uint16Array(from, bytes.byteOffset, bytes.length / 2),
      new Uint16Array(gathered.buffer),
      shape,
      strides,
    );
  } else {
    // 8 bytes are two elements of 4 that stand side by side
    const halves = elementBytes / 4;
    gather(
      new Uint32Array(from, bytes.byteOffset, bytes.length / 4),
      new Uint32Array(gathered.buffer),
      halves === 1 ? shape : [...shape, halves],
      halves === 1 ? strides : [...strides.map((stride) => halves * stride), 1],
    );
  }
  return gathered;
}

function gather(
  from: Uint8Array | Uint16Array | Uint32Array,
  to: Uint8Array | Uint16Array | Uint32Array,
  shape: readonly number[],
  strides: readonly number[],
): void {
  const axes = joinedAxes(shape, strides);
  const inner = axes.pop() ?? { length: 1, stride: 1 };
  const place = axes.map(() => 0);
  let start = 0;
  for (let written = 0; written < to.length; ) {
    for (let i = 0, at = start; i < inner.length; i++, at += inner.stride) to[written++] = from[at] as number;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      const { length, stride } = axes[axis] as Axis;
      const next = (place[axis] as number) + 1;
      start += stride;
      if (next < length) {
        place[axis] = next;
        break;
      }
      place[axis] = 0;
      start -= length * stride;
    }
  }
}
