/** Rounding the rows of a weight to 8 bits and packing them into panels. */
import type { WeightRows } from '../../ops/weight-rows.ts';
import { INT8_WIDTH, Int8Weight, int8Layout, lanesOf } from './int8-weight.ts';
import { Job } from './job.ts';
import { PACK_INT8, SPLIT_OFFSET } from './job-kinds.ts';
import { PanelStore } from './panel-store.ts';
import type { Runtime } from './runtime/runtime.ts';
import * as slots from './slots/pack-int8.ts';
import { weightChunks } from './weight-chunks.ts';
import { FORMATS } from './weight-formats.ts';

const PACK_INT8_JOB = new Job(PACK_INT8, slots);

/** Sums of products are in 32 bits. */
const LARGEST_SUM = 2 ** 31 - 1;

/**
 * @param parts rows of the weight, one part after the other; those in 8 bits stay as they are, others are rounded as
 *   `quantiseRows` does it
 * @param shape [outputs, inputs]
 * @param inside the panels are kept outside of the memory if more bytes than these would be in use with them
 * @returns the weight in panels, which the caller frees
 * @throws DeviceError if the memory can't grow that far; what was allocated until then is still in use
 */
export function packInt8(
  runtime: Runtime,
  parts: readonly WeightRows[],
  shape: readonly [number, number],
  inside: number,
): Int8Weight {
  const { heap } = runtime;
  const [outputs, inputs] = shape;
  const lanes = lanesOf(outputs);
  const panels = new PanelStore(heap, int8Layout(outputs, inputs), inside);
  const scales = heap.allocateValues(new Float32Array(lanes));
  const sums = heap.allocateValues(new Float32Array(lanes));
  const magnitudes = heap.allocateValues(new Float32Array(lanes));
  for (const { start, count, slices } of weightChunks(parts, shape, INT8_WIDTH)) {
    const ofRows = {
      scales: scales + start * 4,
      sums: sums + start * 4,
      magnitudes: magnitudes + start * 4,
    };
    panels.fill(start, count, (target, bytes) => {
      // lanes without a row, and what is missing to a multiple of four values, stay zero
      heap.bytes.fill(0, target, target + bytes);
      for (const { rows, first } of slices) {
        const source = heap.allocate(rows.bytes.byteLength);
        heap.bytes.set(rows.bytes, source);
        if (rows.dtype === 'I8') heap.floats.set(rows.scales, ofRows.scales / 4 + first);
        const range = { first, count: rows.rows, panels: target, rowFormat: FORMATS[rows.dtype] };
        runtime.run(PACK_INT8_JOB, { rows: source, K: inputs, ...range, ...ofRows }, true);
        heap.release(source);
      }
    });
  }
  const ofLanes = (at: number): Int32Array => heap.ints.subarray(at / 4, at / 4 + lanes);
  const largest = ofLanes(magnitudes).reduce((most, sum) => Math.max(most, sum), 1);
  heap.release(magnitudes);
  const offsets = ofLanes(sums);
  for (const [i, sum] of offsets.entries()) offsets[i] = -SPLIT_OFFSET * sum;
  return new Int8Weight(heap, { panels, scales, offsets: sums, largestInput: LARGEST_SUM / largest }, inputs);
}
