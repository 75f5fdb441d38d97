/** Packing the rows of a weight, as checkpoints hold them, into panels. */
import { narrow } from '../../bytes/narrow.ts';
import { type Precision, roundRows, type WeightRows, widenRows } from '../../ops/linear-weight.ts';
import { Job } from './job.ts';
import { FORMAT_BF16, FORMAT_F16, FORMAT_F32, PACK_WEIGHT } from './job-kinds.ts';
import type { Runtime } from './runtime/runtime.ts';
import * as slots from './slots/pack-weight.ts';
import { bytesOf, PackedWeight, type PanelFormat, type PanelStore, panelBytes } from './storage.ts';

const PACK_WEIGHT_JOB = new Job(PACK_WEIGHT, slots);

/** The number of a weight's format in the kernels. */
export const FORMATS: Record<PanelFormat, number> = { F32: FORMAT_F32, F16: FORMAT_F16, BF16: FORMAT_BF16 };

/** Bytes of a checkpoint that are brought into the memory at a time. */
const PACK_CHUNK = 4 * 2 ** 20;

/** How a weight is kept. */
export interface WeightStorage {
  /** what the values are rounded to */
  precision: Precision;
  /** in 16 bits if all parts are in the same 16-bit format, in `f32` too */
  halfWeights: boolean;
  /** outside of the memory if more bytes than these would be in use with it */
  weightsInside: number;
}

/**
 * @param parts rows of the weight, one part after the other
 * @param shape [outputs, inputs]
 * @returns the weight in panels, which the caller frees
 * @throws DeviceError if the memory can't grow that far; what was allocated until then is still in use
 */
export function packWeight(
  runtime: Runtime,
  parts: readonly WeightRows[],
  [outputs, inputs]: readonly [number, number],
  { precision, halfWeights, weightsInside }: WeightStorage,
): PackedWeight {
  const { heap } = runtime;
  const format = formatOf(parts, precision, halfWeights);
  const panel = panelBytes(format, inputs);
  const panels = Math.ceil(outputs / 8);
  const inside = heap.bytesInUse + panels * panel <= weightsInside;
  const store: PanelStore = inside
    ? { address: heap.allocate(panels * panel) }
    : { outside: new Uint8Array(panels * panel) };
  const weight = new PackedWeight(heap, store, format, outputs, inputs);
  const rows = Math.max(8, Math.floor(PACK_CHUNK / (inputs * 4) / 8) * 8);
  for (let start = 0; start < outputs; start += rows) {
    packRows(runtime, parts, start, Math.min(rows, outputs - start), weight, precision);
  }
  return weight;
}

/** How panels of rows are kept: 16 bits as they are if all parts agree, else rounded to float16 where that is asked for. */
function formatOf(parts: readonly WeightRows[], precision: Precision, halfWeights: boolean): PanelFormat {
  const [first] = parts;
  const halves = first?.dtype === 'F16' || first?.dtype === 'BF16' ? first.dtype : undefined;
  const alike = parts.every(({ dtype }) => dtype === halves);
  if (halves !== undefined && alike && (halfWeights || precision === 'f16')) return halves;
  return precision === 'f16' ? 'F16' : 'F32';
}

/** Packs rows `start` to `start + count` of the parts; `start` is a multiple of 8. */
function packRows(
  runtime: Runtime,
  parts: readonly WeightRows[],
  start: number,
  count: number,
  weight: PackedWeight,
  precision: Precision,
): void {
  const { heap } = runtime;
  const { inputs, store, panelBytes: panel } = weight;
  const bytes = Math.ceil(count / 8) * panel;
  const offset = (start / 8) * panel;
  const target = 'address' in store ? store.address + offset : heap.allocate(bytes);
  if (count % 8 !== 0) heap.bytes.fill(0, target + bytes - panel, target + bytes);
  let before = 0;
  for (const part of parts) {
    const from = Math.max(start, before);
    const to = Math.min(start + count, before + part.rows);
    if (from < to) {
      const { bytes, dtype } = prepared(rowsOf(part, from - before, to - before, inputs), weight, precision);
      const source = heap.allocate(bytes.byteLength);
      heap.bytes.set(bytes, source);
      const formats = { rowFormat: FORMATS[dtype], panelFormat: FORMATS[weight.format] };
      const range = { first: from - start, count: to - from };
      runtime.run(PACK_WEIGHT_JOB, { rows: source, K: inputs, panels: target, ...range, ...formats }, false);
      heap.release(source);
    }
    before += part.rows;
  }
  if ('outside' in store) {
    store.outside.set(heap.bytes.subarray(target, target + bytes), offset);
    heap.release(target);
  }
}

/** Rows `from` to `to` of a part. */
function rowsOf(part: WeightRows, from: number, to: number, inputs: number): WeightRows {
  const size = inputs * bytesOf(part.dtype);
  const bytes = part.bytes.subarray(from * size, to * size);
  if (part.dtype === 'I8') return { ...part, bytes, rows: to - from, scales: part.scales.subarray(from, to) };
  return { ...part, bytes, rows: to - from };
}

/** Rows rounded to a precision, in a dtype that the kernel packs into the panels of a weight. */
function prepared(
  rows: WeightRows,
  { inputs, format }: PackedWeight,
  precision: Precision,
): { bytes: Uint8Array; dtype: PanelFormat } {
  const { bytes, dtype } = roundRows(rows, inputs, precision);
  if (dtype === format || (format === 'F32' && dtype !== 'I8')) return { bytes, dtype };
  const values = widenRows(roundRows(rows, inputs, precision));
  if (format === 'F16') return { bytes: narrow(values, 'F16').bytes, dtype: 'F16' };
  return { bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength), dtype: 'F32' };
}
