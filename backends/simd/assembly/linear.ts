import { ZEROS } from '../control-block';
import { EPILOGUE_GELU, EPILOGUE_NONE, EPILOGUE_RESIDUAL, FORMAT_F16, FORMAT_F32 } from '../job-kinds';
import * as slots from '../slots/linear';
import { finish } from './epilogue';
import { fromBfloat16, fromFloat16 } from './half';
import { address, integer, nextItem } from './job';
import { ACCUMULATE, START, product } from './strip';

/** Values [depth][8] of a panel kept in 16 bits, as floats. */
function widenPanel(format: i32, from: usize, depth: i32, to: usize): void {
  const end = to + (<usize>depth << 5);
  while (to < end) {
    const v = v128.load(from);
    const high = v128.shuffle<i64>(v, v, 1, 0);
    if (format == FORMAT_F16) {
      v128.store(to, fromFloat16(v));
      v128.store(to, fromFloat16(high), 16);
    } else {
      v128.store(to, fromBfloat16(v));
      v128.store(to, fromBfloat16(high), 16);
    }
    from += 16;
    to += 32;
  }
}

/**
 * Finished strips [panels][rows][8] into the output, row by row: each row's values lie side by side there, so that
 * whole cache lines are written, and a page is visited once.
 */
// @ts-ignore: decorator
@inline
function writeStrips(
  epilogue: i32, strips: usize, stripBytes: usize, rows: i32, c: usize, ldc: usize, columns: i32,
  residual: usize, scale: usize,
): void {
  const whole = <usize>(columns & ~7) << 2;
  const rest = <usize>(columns & 7) << 2;
  for (let r = 0; r < rows; ++r) {
    let t = strips;
    for (let column: usize = 0; column < whole; column += 32) {
      const s0 = v128.load(scale + column), s1 = v128.load(scale + column, 16);
      // both before the first store, so that their constants are read once
      const y0 = finish(epilogue, v128.load(t), s0, residual + column);
      const y1 = finish(epilogue, v128.load(t, 16), s1, residual + column + 16);
      v128.store(c + column, y0);
      v128.store(c + column, y1, 16);
      t += stripBytes;
    }
    if (rest) {
      const s0 = v128.load(scale + whole), s1 = v128.load(scale + whole, 16);
      v128.store(t, finish(epilogue, v128.load(t), s0, residual + whole));
      v128.store(t, finish(epilogue, v128.load(t, 16), s1, residual + whole + 16), 16);
      memory.copy(c + whole, t, rest);
    }
    strips += 32;
    c += ldc;
    residual += ldc;
  }
}

/**
 * LINEAR: C[M, N] = epilogue(A[M, K] · W + bias), W in panels.
 *
 * An item is a block of rows × a chunk of panels. Blocks are such that A's part [rows of a block, depth of a block]
 * stays in the second-level cache while all panels of the chunk pass by, and each panel's part
 * [depth of a block][8] in the first-level cache while the rows pass by. The chunk's strips stay in scratch until
 * their sums are complete.
 */
export function linear(thread: i32): void {
  const a = address(slots.a), lda = address(slots.rowOfA), M = integer(slots.M), K = integer(slots.K);
  const w = address(slots.panels), format = integer(slots.format), N = integer(slots.N), bias = address(slots.bias);
  const epilogue = integer(slots.epilogue), residual = address(slots.residual), scale = address(slots.scale);
  const c = address(slots.c), ldc = address(slots.rowOfC);
  const blockRows = integer(slots.blockRows), blockDepth = integer(slots.blockDepth), chunk = integer(slots.chunk);
  const widened = address(slots.scratch) + <usize>thread * address(slots.scratchStride);
  const strips = widened + address(slots.strips), stripBytes = address(slots.stripBytes);

  const panels = (N + 7) >> 3;
  const chunks = (panels + chunk - 1) / chunk;
  const items = ((M + blockRows - 1) / blockRows) * chunks;
  const valueShift: usize = format == FORMAT_F32 ? 5 : 4;

  for (let item = nextItem(); item < items; item = nextItem()) {
    const row = item / chunks * blockRows;
    const rows = min(blockRows, M - row);
    const first = item % chunks * chunk;
    const last = min(first + chunk, panels);
    const rowOfA = a + <usize>row * lda;
    for (let k = 0; k < K; k += blockDepth) {
      const depth = min(blockDepth, K - k);
      for (let p = first; p < last; ++p) {
        let b = w + ((<usize>p * <usize>K + <usize>k) << valueShift);
        if (format != FORMAT_F32) {
          widenPanel(format, b, depth, widened);
          b = widened;
        }
        const t = strips + <usize>(p - first) * stripBytes;
        const init = bias ? bias + (<usize>p << 5) : ZEROS;
        let next: usize = 0;
        if (format == FORMAT_F32) {
          if (p + 1 < last) next = b + (<usize>K << 5);
          else if (k + 2 * blockDepth <= K) next = w + (<usize>first * <usize>K + <usize>(k + blockDepth) << 5);
        }
        product(depth, rows, rowOfA + (<usize>k << 2), lda, b, t, 32, k == 0 ? START : ACCUMULATE, init, next);
      }
    }
    const column = <usize>first << 5;
    const columns = min(last << 3, N) - (first << 3);
    const offset = <usize>row * ldc + column;
    const to = c + offset;
    if (epilogue == EPILOGUE_GELU) writeStrips(EPILOGUE_GELU, strips, stripBytes, rows, to, ldc, columns, 0, scale);
    else if (epilogue == EPILOGUE_RESIDUAL) {
      writeStrips(EPILOGUE_RESIDUAL, strips, stripBytes, rows, to, ldc, columns, residual + offset, scale + column);
    } else writeStrips(EPILOGUE_NONE, strips, stripBytes, rows, to, ldc, columns, 0, scale);
  }
}
