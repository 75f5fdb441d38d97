/** Packing the rows of a weight, as checkpoints hold them, into panels. */
import type { Precision } from '../../ops/precision.ts';
import { type FloatDtype, type WeightRows, widenRows } from '../../ops/weight-rows.ts';
import { Job } from './job.ts';
import { PACK_WEIGHT } from './job-kinds.ts';
import { PANEL_WIDTH, PackedWeight, packedLayout } from './packed-weight.ts';
import { PanelStore } from './panel-store.ts';
import type { Runtime } from './runtime/runtime.ts';
import * as slots from './slots/pack-weight.ts';
import { type WeightChunk, weightChunks } from './weight-chunks.ts';
import { FORMATS } from './weight-formats.ts';

const PACK_WEIGHT_JOB = new Job(PACK_WEIGHT, slots);

/** How a weight is kept. */
export interface WeightStorage {
  /** what the values are rounded to; 8 bits have panels of their own, see `packInt8` */
  precision: Extract<Precision, 'f32' | 'f16'>;
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
  const panels = new PanelStore(runtime.heap, packedLayout(format, outputs, inputs), weightsInside);
  const weight = new PackedWeight(panels, format, inputs);
  for (const chunk of weightChunks(parts, shape, PANEL_WIDTH)) packChunk(runtime, chunk, weight);
  return weight;
}

/** How panels of rows are kept: 16 bits as they are if all parts agree, else rounded to float16 where that is asked for. */
function formatOf(
  parts: readonly WeightRows[],
  precision: WeightStorage['precision'],
  halfWeights: boolean,
): FloatDtype {
  const [first] = parts;
  const halves = first?.dtype === 'F16' || first?.dtype === 'BF16' ? first.dtype : undefined;
  const alike = parts.every(({ dtype }) => dtype === halves);
  if (halves !== undefined && alike && (halfWeights || precision === 'f16')) return halves;
  return precision === 'f16' ? 'F16' : 'F32';
}

function packChunk(runtime: Runtime, { start, count, slices }: WeightChunk, weight: PackedWeight): void {
  const { heap } = runtime;
  const { inputs, panels, format } = weight;
  panels.fill(start, count, (target, bytes) => {
    const end = target + bytes;
    if (count % PANEL_WIDTH !== 0) heap.bytes.fill(0, end - panels.layout.panelBytes, end);
    for (const { rows, first } of slices) {
      const { bytes: values, dtype } = packable(rows, format);
      const source = heap.allocate(values.byteLength);
      heap.bytes.set(values, source);
      const formats = { rowFormat: FORMATS[dtype], panelFormat: FORMATS[format] };
      const parameters = { rows: source, K: inputs, panels: target, first, count: rows.rows, ...formats };
      runtime.run(PACK_WEIGHT_JOB, parameters, false);
      heap.release(source);
    }
  });
}

/** Rows in a dtype that the kernel packs into panels of a format. */
function packable(rows: WeightRows, format: FloatDtype): { bytes: Uint8Array; dtype: FloatDtype } {
  const { bytes, dtype } = rows;
  if (dtype === format || (dtype !== 'I8' && (format === 'F32' || dtype === 'F32'))) return { bytes, dtype };
  const { buffer, byteOffset, byteLength } = widenRows(rows);
  return { bytes: new Uint8Array(buffer, byteOffset, byteLength), dtype: 'F32' };
}
