/** Cutting the rows of a weight into chunks that are brought into the memory of the kernels one after the other. */
import type { WeightRows } from '../../ops/weight-rows.ts';
import { VALUE_BYTES } from './weight-formats.ts';

/** Bytes of float32 values that are brought in at a time. */
const CHUNK = 4 * 2 ** 20;

/** Rows `start` to `start + count` of a weight, in slices of the parts it came in. */
export interface WeightChunk {
  start: number;
  count: number;
  /** `first` is counted from `start` */
  slices: readonly { rows: WeightRows; first: number }[];
}

/**
 * @param parts rows of the weight, one part after the other
 * @param shape [outputs, inputs]
 * @param multiple of rows at which chunks begin
 */
export function* weightChunks(
  parts: readonly WeightRows[],
  [outputs, inputs]: readonly [number, number],
  multiple: number,
): Generator<WeightChunk> {
  const most = Math.max(1, Math.floor(CHUNK / (inputs * 4) / multiple)) * multiple;
  for (let start = 0; start < outputs; start += most) {
    const end = Math.min(start + most, outputs);
    let before = 0;
    const slices: { rows: WeightRows; first: number }[] = [];
    for (const part of parts) {
      const from = Math.max(start, before);
      const to = Math.min(end, before + part.rows);
      if (from < to) {
        slices.push({ rows: sliceOf(part, from - before, to - before, inputs), first: from - start });
      }
      before += part.rows;
    }
    yield { start, count: end - start, slices };
  }
}

/** Rows `from` to `to` of a part. */
function sliceOf(part: WeightRows, from: number, to: number, inputs: number): WeightRows {
  const size = inputs * VALUE_BYTES[part.dtype];
  const bytes = part.bytes.subarray(from * size, to * size);
  if (part.dtype === 'I8') return { ...part, bytes, rows: to - from, scales: part.scales.subarray(from, to) };
  return { ...part, bytes, rows: to - from };
}
