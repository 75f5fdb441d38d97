/** Packing the rows of a weight, as checkpoints hold them, into panels. */
import type { WeightDtype, WeightRows } from '../../ops/linear-weight.ts';
import { Job } from './job.ts';
import { FORMAT_BF16, FORMAT_F16, FORMAT_F32, PACK_WEIGHT } from './job-kinds.ts';
import type { Runtime } from './runtime/runtime.ts';
import * as slots from './slots/pack-weight.ts';
import { bytesOf, PackedWeight, type PanelStore, panelBytes } from './storage.ts';

const PACK_WEIGHT_JOB = new Job(PACK_WEIGHT, slots);

/** The number of a weight's format in the kernels. */
export const FORMATS: Record<WeightDtype, number> = { F32: FORMAT_F32, F16: FORMAT_F16, BF16: FORMAT_BF16 };

/** Bytes of a checkpoint that are brought into the memory at a time. */
const PACK_CHUNK = 4 * 2 ** 20;

/** How a weight is kept. */
export interface WeightStorage {
  /** in 16 bits if all parts are in the same 16-bit format */
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
  { halfWeights, weightsInside }: WeightStorage,
): PackedWeight {
  const { heap } = runtime;
  const [first] = parts;
  const alike = first !== undefined && parts.every((part) => part.dtype === first.dtype);
  const format = halfWeights && alike ? first.dtype : 'F32';
  const panel = panelBytes(format, inputs);
  const panels = Math.ceil(outputs / 8);
  const inside = heap.bytesInUse + panels * panel <= weightsInside;
  const store: PanelStore = inside
    ? { address: heap.allocate(panels * panel) }
    : { outside: new Uint8Array(panels * panel) };
  const weight = new PackedWeight(heap, store, format, outputs, inputs);
  const rows = Math.max(8, Math.floor(PACK_CHUNK / (inputs * 4) / 8) * 8);
  for (let start = 0; start < outputs; start += rows) {
    packRows(runtime, parts, start, Math.min(rows, outputs - start), weight);
  }
  return weight;
}

/** Packs rows `start` to `start + count` of the parts; `start` is a multiple of 8. */
function packRows(
  runtime: Runtime,
  parts: readonly WeightRows[],
  start: number,
  count: number,
  weight: PackedWeight,
): void {
  const { heap } = runtime;
  const { inputs, format, store, panelBytes: panel } = weight;
  const bytes = Math.ceil(count / 8) * panel;
  const offset = (start / 8) * panel;
  const target = 'address' in store ? store.address + offset : heap.allocate(bytes);
  if (count % 8 !== 0) heap.bytes.fill(0, target + bytes - panel, target + bytes);
  let before = 0;
  for (const part of parts) {
    const from = Math.max(start, before);
    const to = Math.min(start + count, before + part.rows);
    if (from < to) {
      const size = inputs * bytesOf(part.dtype);
      const source = heap.allocate((to - from) * size);
      heap.bytes.set(part.bytes.subarray((from - before) * size, (to - before) * size), source);
      const formats = { rowFormat: FORMATS[part.dtype], panelFormat: FORMATS[format] };
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
