/** Packing the rows of a weight, as checkpoints hold them, into panels. */
import { type Precision, type WeightRows, widenRows } from '../../ops/linear-weight.ts';
import { Job } from './job.ts';
import { FORMAT_BF16, FORMAT_F16, FORMAT_F32, PACK_WEIGHT } from './job-kinds.ts';
import type { Runtime } from './runtime/runtime.ts';
import * as slots from './slots/pack-weight.ts';
import { makeStore, PackedWeight, type PanelFormat, panelBytes } from './storage.ts';
import { type WeightChunk, weightChunks } from './weight-chunks.ts';

const PACK_WEIGHT_JOB = new Job(PACK_WEIGHT, slots);

/** The number of a weight's format in the kernels. */
export const FORMATS: Record<PanelFormat, number> = { F32: FORMAT_F32, F16: FORMAT_F16, BF16: FORMAT_BF16 };

/** How a weight is kept. */
export interface WeightStorage {
  /** what the values are rounded to; 8 bits have panels of their own, see `packInt8` */
  precision: Exclude<Precision, 'i8'>;
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
  shape: readonly [number, number],
  { precision, halfWeights, weightsInside }: WeightStorage,
): PackedWeight {
  const [outputs, inputs] = shape;
  const format = formatOf(parts, precision, halfWeights);
  const bytes = Math.ceil(outputs / 8) * panelBytes(format, inputs);
  const store = makeStore(runtime.heap, bytes, weightsInside);
  const weight = new PackedWeight(runtime.heap, store, format, outputs, inputs);
  for (const chunk of weightChunks(parts, shape, 8)) packChunk(runtime, chunk, weight);
  return weight;
}

/** How panels of rows are kept: 16 bits as they are if all parts agree, else rounded to float16 where that is asked for. */
function formatOf(
  parts: readonly WeightRows[],
  precision: WeightStorage['precision'],
  halfWeights: boolean,
): PanelFormat {
  const [first] = parts;
  const halves = first?.dtype === 'F16' || first?.dtype === 'BF16' ? first.dtype : undefined;
  const alike = parts.every(({ dtype }) => dtype === halves);
  if (halves !== undefined && alike && (halfWeights || precision === 'f16')) return halves;
  return precision === 'f16' ? 'F16' : 'F32';
}

function packChunk(runtime: Runtime, { start, count, slices }: WeightChunk, weight: PackedWeight): void {
  const { heap } = runtime;
  const { inputs, store, format, panelBytes: panel } = weight;
  const bytes = Math.ceil(count / 8) * panel;
  const offset = (start / 8) * panel;
  const target = 'address' in store ? store.address + offset : heap.allocate(bytes);
  if (count % 8 !== 0) heap.bytes.fill(0, target + bytes - panel, target + bytes);
  for (const { rows, first } of slices) {
    const { bytes: values, dtype } = packable(rows, format);
    const source = heap.allocate(values.byteLength);
    heap.bytes.set(values, source);
    const formats = { rowFormat: FORMATS[dtype], panelFormat: FORMATS[format] };
    const parameters = { rows: source, K: inputs, panels: target, first, count: rows.rows, ...formats };
    runtime.run(PACK_WEIGHT_JOB, parameters, false);
    heap.release(source);
  }
  if ('outside' in store) {
    store.outside.set(heap.bytes.subarray(target, target + bytes), offset);
    heap.release(target);
  }
}

/** Rows in a dtype that the kernel packs into panels of a format. */
function packable(rows: WeightRows, format: PanelFormat): { bytes: Uint8Array; dtype: PanelFormat } {
  const { bytes, dtype } = rows;
  if (dtype === format || (dtype !== 'I8' && (format === 'F32' || dtype === 'F32'))) return { bytes, dtype };
  const { buffer, byteOffset, byteLength } = widenRows(rows);
  return { bytes: new Uint8Array(buffer, byteOffset, byteLength), dtype: 'F32' };
}
