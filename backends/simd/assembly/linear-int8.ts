import { ZEROS } from '../control-block';
import { EPILOGUE_GELU, EPILOGUE_NONE, EPILOGUE_RESIDUAL } from '../job-kinds';
import * as slots from '../slots/linear-int8';
import { finish } from './epilogue';
import { address, integer, nextItem } from './job';
import { madd } from './madd';
import { ACCUMULATE, START } from './strip';
import { stripInt16, stripSplit } from './strip-int8';

/** Four columns of a panel, [4][4], as two pairs of values each: [2][4][2]. */
// @ts-ignore: decorator
@inline
function pairsOf(v: v128): v128 {
  return v128.shuffle<i8>(v, v, 0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15);
}

/** Integers [quads][16][4] of a panel from 8 to 16 bits, as [2·quads][16][2]. */
function widenPanel(from: usize, quads: i32, to: usize): void {
  const end = to + (<usize>quads << 7);
  while (to < end) {
    for (let column: usize = 0; column < 64; column += 16) {
      const v = pairsOf(v128.load(from + column));
      v128.store(to + column, i16x8.extend_low_i8x16_s(v));
      v128.store(to + column, i16x8.extend_high_i8x16_s(v), 64);
    }
    from += 64;
    to += 128;
  }
}

/** Four sums as floats: times the scales of their row and columns, and the bias. */
// @ts-ignore: decorator
@inline
function scaled(sums: usize, rowScale: v128, columnScales: usize, bias: usize): v128 {
  const value = f32x4.mul(f32x4.convert_i32x4_s(v128.load(sums)), rowScale);
  return madd(value, v128.load(columnScales), v128.load(bias));
}

/** Finished sums [panels][rows][16] into the output, row by row, as `writeStrips` does it for float32. */
// @ts-ignore: decorator
@inline
function writeSums(
  epilogue: i32, strips: usize, stripBytes: usize, rows: i32, rowScales: usize, columnScales: usize, bias: usize,
  c: usize, ldc: usize, columns: i32, residual: usize, scale: usize,
): void {
  const whole = <usize>(columns & ~3) << 2;
  const rest = <usize>(columns & 3) << 2;
  // without a bias, the same zeros for all columns
  const biasStep: usize = bias == ZEROS ? 0 : 1;
  for (let r = 0; r < rows; ++r) {
    const rowScale = v128.load32_splat(rowScales);
    let panel = strips;
    for (let column: usize = 0; column < whole; column += 16) {
      const within = column & 63;
      const v = scaled(panel + within, rowScale, columnScales + column, bias + column * biasStep);
      v128.store(c + column, finish(epilogue, v, epilogue == EPILOGUE_RESIDUAL ? v128.load(scale + column) : v, residual + column));
      if (within == 48) panel += stripBytes;
    }
    if (rest) {
      const t = panel + (whole & 63);
      const v = scaled(t, rowScale, columnScales + whole, bias + whole * biasStep);
      v128.store(t, finish(epilogue, v, epilogue == EPILOGUE_RESIDUAL ? v128.load(scale + whole) : v, residual + whole));
      memory.copy(c + whole, t, rest);
    }
    strips += 64;
    rowScales += 4;
    c += ldc;
    residual += ldc;
  }
}

/**
 * LINEAR_INT8: C[M, N] = epilogue(A[M, K] · W + bias), A in 16 bits, or 14 split in two, with a scale a row, W in panels of 8
 * bits with a scale a column. Sums are whole numbers of 32 bits, so they are the same in any order.
 *
 * Blocks and items are those of LINEAR, with panels of 16 columns; where A is not split, a panel's part is widened to 16 bits
 * once for all rows of a block.
 */
export function linearInt8(thread: i32): void {
  const a = address(slots.a), lda = address(slots.rowOfA), aScales = address(slots.aScales), M = integer(slots.M);
  const w = address(slots.panels), quads = integer(slots.quads), N = integer(slots.N);
  const wScales = address(slots.wScales), offsets = address(slots.offsets), bias = address(slots.bias);
  const isSplit = integer(slots.isSplit) != 0;
  const epilogue = integer(slots.epilogue), residual = address(slots.residual), scale = address(slots.scale);
  const c = address(slots.c), ldc = address(slots.rowOfC);
  const blockRows = integer(slots.blockRows), blockQuads = integer(slots.blockQuads), chunk = integer(slots.chunk);
  const widened = address(slots.scratch) + <usize>thread * address(slots.scratchStride);
  const strips = widened + address(slots.strips), stripBytes = address(slots.stripBytes);

  const panels = (N + 15) >> 4;
  const chunks = (panels + chunk - 1) / chunk;
  const items = ((M + blockRows - 1) / blockRows) * chunks;

  for (let item = nextItem(); item < items; item = nextItem()) {
    const row = item / chunks * blockRows;
    const rows = min(blockRows, M - row);
    const first = item % chunks * chunk;
    const last = min(first + chunk, panels);
    const rowOfA = a + <usize>row * lda;
    for (let k = 0; k < quads; k += blockQuads) {
      const depth = min(blockQuads, quads - k);
      const mode = k == 0 ? START : ACCUMULATE;
      const blockOfA = rowOfA + (<usize>k << 3);
      for (let p = first; p < last; ++p) {
        const panel = w + ((<usize>p * <usize>quads + <usize>k) << 6);
        const t = strips + <usize>(p - first) * stripBytes;
        if (ASC_FEATURE_RELAXED_SIMD && isSplit) {
          stripSplit(depth, rows, blockOfA, lda, panel, t, mode, offsets + (<usize>p << 6));
        } else {
          widenPanel(panel, depth, widened);
          stripInt16(depth << 1, rows, blockOfA, lda, widened, t, mode);
        }
      }
    }
    const column = <usize>first << 6;
    const columns = min(last << 4, N) - (first << 4);
    const offset = <usize>row * ldc + column;
    const to = c + offset, rowScales = aScales + (<usize>row << 2), columnScales = wScales + column;
    const initial = bias ? bias + column : ZEROS;
    if (epilogue == EPILOGUE_GELU) {
      writeSums(EPILOGUE_GELU, strips, stripBytes, rows, rowScales, columnScales, initial, to, ldc, columns, 0, 0);
    } else if (epilogue == EPILOGUE_RESIDUAL) {
      writeSums(
        EPILOGUE_RESIDUAL, strips, stripBytes, rows, rowScales, columnScales, initial, to, ldc, columns,
        residual + offset, scale + column,
      );
    } else writeSums(EPILOGUE_NONE, strips, stripBytes, rows, rowScales, columnScales, initial, to, ldc, columns, 0, 0);
  }
}
