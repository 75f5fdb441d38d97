import { FORMAT_BF16, FORMAT_F16, FORMAT_F32 } from '../job-kinds';
import * as matrixSlots from '../slots/pack-matrix';
import * as weightSlots from '../slots/pack-weight';
import * as unpackSlots from '../slots/unpack-weight';
import { fromBfloat16, fromFloat16, toFloat16 } from './half';
import { address, integer, nextItem } from './job';
import { storeTransposed } from './transpose';

/** Four values of a format, as floats. */
// @ts-ignore: decorator
@inline
export function load4(at: usize, format: i32): v128 {
  if (format == FORMAT_F32) return v128.load(at);
  if (format == FORMAT_F16) return fromFloat16(v128.load64_zero(at));
  return fromBfloat16(v128.load64_zero(at));
}

/** One value of a format, as a float. */
// @ts-ignore: decorator
@inline
export function load1(at: usize, format: i32): f32 {
  if (format == FORMAT_F32) return load<f32>(at);
  const v = i32x4.splat(<i32>load<u16>(at));
  return f32x4.extract_lane(format == FORMAT_F16 ? fromFloat16(v) : fromBfloat16(v), 0);
}

// @ts-ignore: decorator
@inline
function packRows(format: i32, from: usize, depth: i32, first: i32, rows: i32, to: usize): void {
  const size: usize = format == FORMAT_F32 ? 4 : 2;
  const row = <usize>depth * size;
  const panel = <usize>depth << 5;
  let n = first;
  const end = first + rows;
  while (n < end) {
    let s = from + <usize>(n - first) * row;
    let d = to + <usize>(n >> 3) * panel + (<usize>(n & 7) << 2);
    if ((n & 3) == 0 && n + 4 <= end) {
      let k = 0;
      for (; k + 4 <= depth; k += 4) {
        storeTransposed(
          d, 32, load4(s, format), load4(s + row, format), load4(s + 2 * row, format), load4(s + 3 * row, format),
        );
        s += 4 * size;
        d += 128;
      }
      for (; k < depth; ++k) {
        for (let i: usize = 0; i < 4; ++i) store<f32>(d + (i << 2), load1(s + i * row, format));
        s += size;
        d += 32;
      }
      n += 4;
    } else {
      for (let k = 0; k < depth; ++k) {
        store<f32>(d, load1(s, format));
        s += size;
        d += 32;
      }
      n += 1;
    }
  }
}

// 16-bit values stay as they are
function packHalves(from: usize, depth: i32, first: i32, rows: i32, to: usize): void {
  const panel = <usize>depth << 4;
  for (let n = first; n < first + rows; ++n) {
    let d = to + <usize>(n >> 3) * panel + (<usize>(n & 7) << 1);
    for (let k = 0; k < depth; ++k) {
      store<u16>(d, load<u16>(from));
      from += 2;
      d += 16;
    }
  }
}

/** Floats rounded to float16. */
function packNarrowed(from: usize, depth: i32, first: i32, rows: i32, to: usize): void {
  const panel = <usize>depth << 4;
  for (let n = first; n < first + rows; ++n) {
    let d = to + <usize>(n >> 3) * panel + (<usize>(n & 7) << 1);
    let k = 0;
    for (; k + 4 <= depth; k += 4) {
      const halves = toFloat16(v128.load(from));
      v128.store16_lane(d, halves, 0);
      v128.store16_lane(d, halves, 2, 16);
      v128.store16_lane(d, halves, 4, 32);
      v128.store16_lane(d, halves, 6, 48);
      from += 16;
      d += 64;
    }
    for (; k < depth; ++k) {
      v128.store16_lane(d, toFloat16(v128.load32_zero(from)), 0);
      from += 4;
      d += 16;
    }
  }
}

/** PACK_WEIGHT: rows of a weight [N, K] into panels [⌈N/8⌉][K][8]. One item. */
export function packWeight(): void {
  if (nextItem() > 0) return;
  const from = address(weightSlots.rows), depth = integer(weightSlots.K), to = address(weightSlots.panels);
  const first = integer(weightSlots.first), rows = integer(weightSlots.count), format = integer(weightSlots.rowFormat);
  const panelFormat = integer(weightSlots.panelFormat);
  if (panelFormat == FORMAT_F16 && format == FORMAT_F32) packNarrowed(from, depth, first, rows, to);
  else if (panelFormat != FORMAT_F32) packHalves(from, depth, first, rows, to);
  else if (format == FORMAT_F32) packRows(FORMAT_F32, from, depth, first, rows, to);
  else if (format == FORMAT_F16) packRows(FORMAT_F16, from, depth, first, rows, to);
  else packRows(FORMAT_BF16, from, depth, first, rows, to);
}

/** UNPACK_WEIGHT: panels of float32 back into rows [N, K]. An item is a panel. */
export function unpackWeight(): void {
  const from = address(unpackSlots.panels), depth = integer(unpackSlots.K), outputs = integer(unpackSlots.N);
  const to = address(unpackSlots.rows);
  const panels = (outputs + 7) >> 3;
  for (let p = nextItem(); p < panels; p = nextItem()) {
    const last = min(8, outputs - (p << 3));
    for (let i = 0; i < last; ++i) {
      let s = from + <usize>p * (<usize>depth << 5) + (<usize>i << 2);
      let d = to + (<usize>((p << 3) + i) * <usize>depth << 2);
      for (let k = 0; k < depth; ++k) {
        store<f32>(d, load<f32>(s));
        s += 32;
        d += 4;
      }
    }
  }
}

/** Panels of an item where the columns lie in rows: two cache lines of each row. */
const PANELS: i32 = 4;

/**
 * PACK_MATRIX: a float32 matrix into panels [⌈N/8⌉][K][8], the columns beyond N zero. An item is a panel, or four where
 * the columns lie in rows.
 */
export function packMatrix(): void {
  const from = address(matrixSlots.matrix), depth = integer(matrixSlots.K), columns = integer(matrixSlots.N);
  const to = address(matrixSlots.panels), rowsOfColumns = integer(matrixSlots.transposed) != 0;
  const panels = (columns + 7) >> 3;
  const panel = <usize>depth << 5;
  if (rowsOfColumns) {
    for (let p = nextItem(); p < panels; p = nextItem()) {
      const first = p << 3;
      const width = min(8, columns - first);
      const d = to + <usize>p * panel;
      if (width < 8) memory.fill(d, 0, panel);
      packRows(FORMAT_F32, from + (<usize>first * <usize>depth << 2), depth, 0, width, d);
    }
    return;
  }
  for (let p = nextItem() * PANELS; p < panels; p = nextItem() * PANELS) {
    packColumns(from + (<usize>p << 5), depth, columns, min(PANELS << 3, columns - (p << 3)), to + <usize>p * panel);
  }
}

// `width` neighbouring columns of a matrix [depth, columns]
function packColumns(from: usize, depth: i32, columns: i32, width: i32, to: usize): void {
  const panel = <usize>depth << 5;
  const whole = <usize>(width >> 3), rest = <usize>(width & 7);
  if (rest) memory.fill(to + whole * panel, 0, panel);
  for (let k = 0; k < depth; ++k) {
    let s = from, d = to;
    for (let p: usize = 0; p < whole; ++p) {
      v128.store(d, v128.load(s));
      v128.store(d, v128.load(s, 16), 16);
      s += 32;
      d += panel;
    }
    for (let i: usize = 0; i < rest; ++i) store<f32>(d + (i << 2), load<f32>(s + (i << 2)));
    from += <usize>columns << 2;
    to += 32;
  }
}
