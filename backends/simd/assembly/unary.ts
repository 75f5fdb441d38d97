import {
  OP_ABS, OP_ERF, OP_EXP, OP_GELU, OP_NEG, OP_RECIPROCAL, OP_RELU, OP_RSQRT, OP_SIGMOID, OP_SQRT, OP_SQUARE,
} from '../job-kinds';
import * as slots from '../slots/unary';
import { address, integer, nextItem } from './job';
import { erf, exp, gelu, sigmoid } from './transcendental';

/** Values of an item. */
const SPAN: i32 = 8192;

// @ts-ignore: decorator
@inline
function apply(op: i32, x: v128): v128 {
  if (op == OP_GELU) return gelu(x);
  if (op == OP_ERF) return erf(x);
  if (op == OP_EXP) return exp(x);
  if (op == OP_SIGMOID) return sigmoid(x);
  // as TF.js's CPU backend: max(0, x), which keeps NaN
  if (op == OP_RELU) return f32x4.max(x, f32x4.splat(0));
  if (op == OP_NEG) return f32x4.neg(x);
  if (op == OP_ABS) return f32x4.abs(x);
  if (op == OP_SQRT) return f32x4.sqrt(x);
  if (op == OP_SQUARE) return f32x4.mul(x, x);
  if (op == OP_RECIPROCAL) return f32x4.div(f32x4.splat(1), x);
  return f32x4.div(f32x4.splat(1), f32x4.sqrt(x));
}

// @ts-ignore: decorator
@inline
function span(op: i32, from: usize, to: usize, count: i32): void {
  const end = from + (<usize>(count & ~3) << 2);
  while (from < end) {
    v128.store(to, apply(op, v128.load(from)));
    from += 16;
    to += 16;
  }
  for (let i = count & 3; i > 0; --i) {
    v128.store32_lane(to, apply(op, v128.load32_splat(from)), 0);
    from += 4;
    to += 4;
  }
}

/** UNARY: y = op(x). An item is 8,192 values. */
export function unary(): void {
  const op = integer(slots.op), x = address(slots.x), y = address(slots.y), count = integer(slots.count);
  for (let first = nextItem() * SPAN; first < count; first = nextItem() * SPAN) {
    const from = x + (<usize>first << 2), to = y + (<usize>first << 2);
    const n = min(SPAN, count - first);
    switch (op) {
      case OP_GELU: span(OP_GELU, from, to, n); break;
      case OP_ERF: span(OP_ERF, from, to, n); break;
      case OP_EXP: span(OP_EXP, from, to, n); break;
      case OP_SIGMOID: span(OP_SIGMOID, from, to, n); break;
      case OP_RELU: span(OP_RELU, from, to, n); break;
      case OP_NEG: span(OP_NEG, from, to, n); break;
      case OP_ABS: span(OP_ABS, from, to, n); break;
      case OP_SQRT: span(OP_SQRT, from, to, n); break;
      case OP_SQUARE: span(OP_SQUARE, from, to, n); break;
      case OP_RECIPROCAL: span(OP_RECIPROCAL, from, to, n); break;
      default: span(OP_RSQRT, from, to, n); break;
    }
  }
}
