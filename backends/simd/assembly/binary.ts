import { AXES, OP_ADD, OP_DIV, OP_GELU_BACKWARD, OP_MAX, OP_MIN, OP_MUL, OP_SUB } from '../job-kinds';
import * as axes from '../slots/axes';
import * as slots from '../slots/binary';
import { address, integer, nextItem } from './job';
import { geluSlope } from './transcendental';

/** Values of an item, about; a multiple of 4. */
const SPAN: i32 = 8192;

// @ts-ignore: decorator
@inline
function apply(op: i32, a: v128, b: v128): v128 {
  if (op == OP_ADD) return f32x4.add(a, b);
  if (op == OP_SUB) return f32x4.sub(a, b);
  if (op == OP_MUL) return f32x4.mul(a, b);
  if (op == OP_DIV) return f32x4.div(a, b);
  if (op == OP_MAX) return f32x4.max(a, b);
  if (op == OP_GELU_BACKWARD) return f32x4.mul(b, geluSlope(a));
  return f32x4.min(a, b);
}

// the step of a row is 4 bytes along values or 0 for one value throughout
// @ts-ignore: decorator
@inline
function row(op: i32, a: usize, stepA: usize, b: usize, stepB: usize, to: usize, count: i32): void {
  const end = to + (<usize>(count & ~3) << 2);
  if (stepA != 0 && stepB != 0) {
    while (to < end) {
      v128.store(to, apply(op, v128.load(a), v128.load(b)));
      a += 16; b += 16; to += 16;
    }
  } else if (stepA != 0) {
    const v = v128.load32_splat(b);
    while (to < end) {
      v128.store(to, apply(op, v128.load(a), v));
      a += 16; to += 16;
    }
  } else {
    const v = v128.load32_splat(a);
    while (to < end) {
      v128.store(to, apply(op, v, stepB != 0 ? v128.load(b) : v128.load32_splat(b)));
      b += stepB << 2; to += 16;
    }
  }
  for (let i = count & 3; i > 0; --i) {
    v128.store32_lane(to, apply(op, v128.load32_splat(a), v128.load32_splat(b)), 0);
    a += stepA; b += stepB; to += 4;
  }
}

/**
 * BINARY: y = a op b with broadcasting.
 *
 * The last axis steps by 4 bytes or, for a value that is repeated, by 0. An item is some 8,192 values of y: whole rows
 * of the last axis, or a part of a longer one.
 */
export function binary(): void {
  const op = integer(slots.op), a = address(slots.a), b = address(slots.b), y = address(slots.y);
  const rows = integer(slots.rows), width = integer(axes.lengths + AXES - 1);
  const rowsOfItem = max(1, SPAN / width);
  const parts = (width + SPAN - 1) / SPAN;
  const items = (rows + rowsOfItem - 1) / rowsOfItem * parts;
  const stepA = address(axes.firstSteps + AXES - 1), stepB = address(axes.secondSteps + AXES - 1);
  for (let item = nextItem(); item < items; item = nextItem()) {
    const first = item / parts * rowsOfItem;
    const last = min(first + rowsOfItem, rows);
    const start = item % parts * SPAN;
    const count = min(SPAN, width - start);
    for (let r = first; r < last; ++r) {
      let rest = r;
      let rowA = a + <usize>start * stepA, rowB = b + <usize>start * stepB;
      for (let axis = AXES - 2; axis >= 0 && rest > 0; --axis) {
        const length = integer(axes.lengths + axis);
        const index = rest % length;
        rest /= length;
        rowA += <usize>index * address(axes.firstSteps + axis);
        rowB += <usize>index * address(axes.secondSteps + axis);
      }
      const to = y + (<usize>r * <usize>width + <usize>start << 2);
      switch (op) {
        case OP_ADD: row(OP_ADD, rowA, stepA, rowB, stepB, to, count); break;
        case OP_SUB: row(OP_SUB, rowA, stepA, rowB, stepB, to, count); break;
        case OP_MUL: row(OP_MUL, rowA, stepA, rowB, stepB, to, count); break;
        case OP_DIV: row(OP_DIV, rowA, stepA, rowB, stepB, to, count); break;
        case OP_MAX: row(OP_MAX, rowA, stepA, rowB, stepB, to, count); break;
        case OP_GELU_BACKWARD: row(OP_GELU_BACKWARD, rowA, stepA, rowB, stepB, to, count); break;
        default: row(OP_MIN, rowA, stepA, rowB, stepB, to, count); break;
      }
    }
  }
}
