import * as slots from '../slots/rows';
import * as backwardSlots from '../slots/silu-gate-backward';
import { address, integer, nextItem } from './job';
import { madd } from './madd';
import { sigmoid } from './transcendental';

/** SILU_GATE: y = x₁ · σ(x₁) · x₂, the halves of a row. An item is a row. */
export function siluGate(): void {
  const x = address(slots.x), rows = integer(slots.rows), S = integer(slots.width), y = address(slots.y);
  const half = <usize>S << 2;
  const whole = <usize>(S & ~3) << 2;
  for (let r = nextItem(); r < rows; r = nextItem()) {
    const gate = x + <usize>r * 2 * half;
    const value = gate + half;
    const to = y + <usize>r * half;
    for (let k: usize = 0; k < whole; k += 16) {
      const g = v128.load(gate + k);
      v128.store(to + k, f32x4.mul(f32x4.mul(g, sigmoid(g)), v128.load(value + k)));
    }
    for (let k = whole; k < half; k += 4) {
      const g = v128.load32_splat(gate + k);
      v128.store32_lane(to + k, f32x4.mul(f32x4.mul(g, sigmoid(g)), v128.load32_splat(value + k)), 0);
    }
  }
}

/**
 * SILU_GATE_BACKWARD: the gradient of SILU_GATE by both halves of x. An item is a row.
 *
 * With s = σ(x₁): dx₁ = dy·x₂·s·(1 + x₁·(1 − s)), dx₂ = dy·x₁·s.
 */
export function siluGateBackward(): void {
  const x = address(slots.x), rows = integer(slots.rows), S = integer(slots.width), dx = address(slots.y);
  const dy = address(backwardSlots.dy);
  const half = <usize>S << 2;
  const whole = <usize>(S & ~3) << 2;
  for (let r = nextItem(); r < rows; r = nextItem()) {
    const gate = x + <usize>r * 2 * half;
    const dGate = dx + <usize>r * 2 * half;
    const d = dy + <usize>r * half;
    for (let k: usize = 0; k < whole; k += 16) {
      const g = v128.load(gate + k), by = v128.load(d + k), s = sigmoid(g);
      v128.store(dGate + k, siluSlope(g, s, f32x4.mul(by, v128.load(gate + half + k))));
      v128.store(dGate + half + k, f32x4.mul(by, f32x4.mul(g, s)));
    }
    for (let k = whole; k < half; k += 4) {
      const g = v128.load32_splat(gate + k), by = v128.load32_splat(d + k), s = sigmoid(g);
      v128.store32_lane(dGate + k, siluSlope(g, s, f32x4.mul(by, v128.load32_splat(gate + half + k))), 0);
      v128.store32_lane(dGate + half + k, f32x4.mul(by, f32x4.mul(g, s)), 0);
    }
  }
}

/** by · s·(1 + g·(1 − s)) with s = σ(g). */
// @ts-ignore: decorator
@inline
function siluSlope(g: v128, s: v128, by: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.mul(by, f32x4.mul(s, madd(g, f32x4.sub(one, s), one)));
}
