import { AXES } from '../job-kinds';
import * as axes from '../slots/axes';
import * as slots from '../slots/copy';
import { address, integer, nextItem } from './job';
import { transpose } from './transpose';

/** Values of an item, about. */
const SPAN: i32 = 8192;

/** Rows and columns of a block that is transposed at a time: a cache line of values. */
const LINE: i32 = 16;

/**
 * COPY: a box of 32-bit values from one layout to another: transposition, slice, concatenation, padding, tiling and
 * cutting into patches are all this.
 *
 * A plane is the last two axes. An item is some 8,192 values: whole planes, or some rows of a larger one.
 */
export function copy(): void {
  const from = address(slots.from), to = address(slots.to), planes = integer(slots.planes);
  const height = integer(axes.lengths + AXES - 2), width = integer(axes.lengths + AXES - 1);
  const downFrom = address(axes.firstSteps + AXES - 2), alongFrom = address(axes.firstSteps + AXES - 1);
  const downTo = address(axes.secondSteps + AXES - 2), alongTo = address(axes.secondSteps + AXES - 1);
  const planesOfItem = max(1, SPAN / (width * height));
  const rowsOfItem = planesOfItem > 1 ? height : max(LINE, SPAN / width & -LINE);
  const parts = (height + rowsOfItem - 1) / rowsOfItem;
  const items = (planes + planesOfItem - 1) / planesOfItem * parts;
  for (let item = nextItem(); item < items; item = nextItem()) {
    const first = item / parts * planesOfItem;
    const last = min(first + planesOfItem, planes);
    const row = item % parts * rowsOfItem;
    const rows = min(rowsOfItem, height - row);
    for (let p = first; p < last; ++p) {
      let rest = p;
      let source = from + <usize>row * downFrom, target = to + <usize>row * downTo;
      for (let axis = AXES - 3; axis >= 0 && rest > 0; --axis) {
        const length = integer(axes.lengths + axis);
        const index = rest % length;
        rest /= length;
        source += <usize>index * address(axes.firstSteps + axis);
        target += <usize>index * address(axes.secondSteps + axis);
      }
      copyPlane(source, target, rows, width, downFrom, alongFrom, downTo, alongTo);
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
  if (downFrom == 4 && alongTo == 4) {
    for (let h = 0; h < height; h += LINE) {
      for (let w = 0; w < width; w += LINE) {
        const s = from + (<usize>h << 2) + <usize>w * alongFrom;
        transpose(s, alongFrom, min(LINE, width - w), min(LINE, height - h), to + <usize>h * downTo + (<usize>w << 2), downTo);
      }
    }
    return;
  }
  for (let h = 0; h < height; ++h) {
    let s = from + <usize>h * downFrom;
    let d = to + <usize>h * downTo;
    for (let w = 0; w < width; ++w) {
      store<u32>(d, load<u32>(s));
      s += alongFrom;
      d += alongTo;
    }
  }
}
