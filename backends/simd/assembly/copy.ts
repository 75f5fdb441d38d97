import { AXES } from '../job-kinds';
import * as axes from '../slots/axes';
import * as slots from '../slots/copy';
import { address, integer, nextItem } from './job';
import { storeTransposed } from './transpose';

/** Planes of an item hold at least this many values. */
const SPAN: i32 = 8192;

/**
 * COPY: a box of 32-bit values from one layout to another: transposition, slice, concatenation, padding, tiling and
 * cutting into patches are all this.
 *
 * A plane is the last two axes. An item is at least 8,192 values, in whole planes.
 */
export function copy(): void {
  const from = address(slots.from), to = address(slots.to), planes = integer(slots.planes);
  const height = integer(axes.lengths + AXES - 2), width = integer(axes.lengths + AXES - 1);
  const downFrom = address(axes.firstSteps + AXES - 2), alongFrom = address(axes.firstSteps + AXES - 1);
  const downTo = address(axes.secondSteps + AXES - 2), alongTo = address(axes.secondSteps + AXES - 1);
  const planesOfItem = max(1, SPAN / (width * height));
  for (let first = nextItem() * planesOfItem; first < planes; first = nextItem() * planesOfItem) {
    const last = min(first + planesOfItem, planes);
    for (let p = first; p < last; ++p) {
      let rest = p;
      let source = from, target = to;
      for (let axis = AXES - 3; axis >= 0 && rest > 0; --axis) {
        const length = integer(axes.lengths + axis);
        const index = rest % length;
        rest /= length;
        source += <usize>index * address(axes.firstSteps + axis);
        target += <usize>index * address(axes.secondSteps + axis);
      }
      copyPlane(source, target, height, width, downFrom, alongFrom, downTo, alongTo);
    }
  }
}

function copyPlane(
  from: usize, to: usize, height: i32, width: i32,
  downFrom: usize, alongFrom: usize, downTo: usize, alongTo: usize,
): void {
  if (alongFrom == 4 && alongTo == 4) {
    const bytes = <usize>width << 2;
    for (let h = 0; h < height; ++h) {
      memory.copy(to, from, bytes);
      from += downFrom;
      to += downTo;
    }
    return;
  }
  let done = 0;
  if (downFrom == 4 && alongTo == 4) {
    // a transposition, in blocks of 4 × 4
    for (; done + 4 <= height; done += 4) {
      let s = from + (<usize>done << 2);
      let d = to + <usize>done * downTo;
      let w = 0;
      for (; w + 4 <= width; w += 4) {
        storeTransposed(
          d, downTo,
          v128.load(s), v128.load(s + alongFrom), v128.load(s + 2 * alongFrom), v128.load(s + 3 * alongFrom),
        );
        s += 4 * alongFrom;
        d += 16;
      }
      for (; w < width; ++w) {
        for (let i: usize = 0; i < 4; ++i) store<u32>(d + i * downTo, load<u32>(s + (i << 2)));
        s += alongFrom;
        d += 4;
      }
    }
  }
  for (let h = done; h < height; ++h) {
    let s = from + <usize>h * downFrom;
    let d = to + <usize>h * downTo;
    for (let w = 0; w < width; ++w) {
      store<u32>(d, load<u32>(s));
      s += alongFrom;
      d += alongTo;
    }
  }
}
