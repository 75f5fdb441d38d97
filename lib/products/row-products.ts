/** Products of float32 rows with float64 vectors, summed in float64 in one order everywhere. */
import { borrowKernels } from './kernel-memory.ts';
import { filledUp, type Kernels } from './kernels.ts';

/** Rows of so many bytes stay in the kernels' memory from one product to the next; of more, blocks go through it. */
const RESIDENT_BYTES = 2 ** 26;
/** How much of rows that do not stay is in the kernels' memory at once. */
const BLOCK_BYTES = 2 ** 20;
/** Consecutive rows, and where they are put in the kernels' memory. */
interface Block {
  readonly rows: Float32Array;
  /** how many rows came before */
  readonly start: number;
  readonly count: number;
  /** `count`, filled up to what kernels take */
  readonly filled: number;
  /** in bytes */
  readonly x: number;
}

/** Where vectors are in the kernels' memory, in bytes. */
interface Places {
  readonly v: number;
  readonly w: number;
  readonly y: number;
}

/** Products with rows of one width, as one matrix X. The same bits in every engine, on every machine. */
export class RowProducts {
  /** D */
  readonly dim: number;
  /** N */
  readonly count: number;
  private readonly width: number;
  private readonly blocks: readonly Block[];
  private readonly isResident: boolean;
  private readonly places: Places;
  private readonly bytes: number;
  private readonly plain: boolean;

  /**
   * @param dim D
   * @param parts X, each [n, D], borrowed
   * @param plain whether to do without WebAssembly; default: where it can't be had
   */
  constructor(dim: number, parts: readonly Float32Array[], plain = false) {
    this.dim = dim;
    this.width = filledUp(dim);
    this.plain = plain;
    const rowBytes = this.width * 4;
    const total = parts.reduce((sum, part) => sum + filledUp(part.length / dim), 0);
    this.isResident = total * rowBytes <= RESIDENT_BYTES;
    const most = this.isResident ? total : filledUp(Math.ceil(BLOCK_BYTES / rowBytes));
    let start = 0;
    let x = 0;
    let largest = 0;
    const blocks: Block[] = [];
    for (const part of parts) {
      const rows = part.length / dim;
      for (let at = 0; at < rows; at += most) {
        const count = Math.min(most, rows - at);
        const filled = filledUp(count);
        blocks.push({ rows: part.subarray(at * dim, (at + count) * dim), start, count, filled, x });
        start += count;
        largest = Math.max(largest, filled);
        if (this.isResident) x += filled * rowBytes;
      }
    }
    this.blocks = blocks;
    this.count = start;
    const v = (this.isResident ? total : most) * rowBytes;
    const w = v + this.width * 8;
    const y = w + this.width * 8;
    this.places = { v, w, y };
    this.bytes = y + largest * 8;
  }

  /** One row [D] in float64; throws RangeError beyond the last. */
  row(place: number): Float64Array {
    const block = this.blocks.find(({ start, count }) => place >= start && place < start + count);
    if (block === undefined) throw new RangeError(`internal: row ${place} of ${this.count}`);
    const at = (place - block.start) * this.dim;
    return Float64Array.from(block.rows.subarray(at, at + this.dim));
  }

  /**
   * Adds each row to the sum that a label names.
   *
   * @param labels [N]
   * @param sums each [D]
   */
  addByLabel(labels: Int32Array, sums: readonly Float64Array[]): void {
    const { dim } = this;
    for (const { rows, start, count } of this.blocks) {
      for (let i = 0; i < count; i++) {
        const sum = sums[labels[start + i]!]!;
        for (let j = 0; j < dim; j++) sum[j] = sum[j]! + rows[i * dim + j]!;
      }
    }
  }

  /**
   * X v.
   *
   * @param vector v [D]
   * @returns [N]
   */
  project(vector: Float64Array): Float64Array {
    const all = new Float64Array(this.count);
    const { v, y } = this.places;
    this.eachBlock(vector, ({ kernels, ofRows }, { x, start, count, filled }) => {
      kernels.project(x, filled, this.width, v, y);
      all.set(ofRows.subarray(0, count), start);
    });
    return all;
  }

  /**
   * The squared distance of each row from a point.
   *
   * @param point [D]
   * @returns [N]
   */
  distances(point: Float64Array): Float64Array {
    const all = new Float64Array(this.count);
    const { v, y } = this.places;
    this.eachBlock(point, ({ kernels, ofRows }, { x, start, count, filled }) => {
      kernels.distances(x, filled, this.width, v, y);
      all.set(ofRows.subarray(0, count), start);
    });
    return all;
  }

  /**
   * Xᵀ y.
   *
   * @param weights y [N]
   * @returns [D]
   */
  accumulate(weights: Float64Array): Float64Array {
    const { w, y } = this.places;
    return this.eachBlock(undefined, ({ kernels, ofRows }, { x, start, count, filled }) => {
      ofRows.fill(0, count, filled);
      ofRows.set(weights.subarray(start, start + count));
      kernels.accumulate(x, filled, this.width, y, w);
    });
  }

  /**
   * Xᵀ (X v − s): what a covariance does to a vector, without the covariance.
   *
   * @param vector v [D]
   * @param shift s
   * @returns [D]
   */
  normal(vector: Float64Array, shift: number): Float64Array {
    const { v, w, y } = this.places;
    return this.eachBlock(vector, ({ kernels }, { x, filled }) =>
      // rows that fill up are zeros, to which no weight matters
      kernels.normal(x, filled, this.width, v, shift, y, w),
    );
  }

  /**
   * Does something with block after block, each of which is in the kernels' memory then, as is a vector.
   *
   * @returns what the kernels have added up at `places.w`
   */
  private eachBlock(
    vector: Float64Array | undefined,
    act: (open: { kernels: Kernels; ofRows: Float64Array }, block: Block) => void,
  ): Float64Array {
    const { kernels, buffer, isUntouched } = borrowKernels(this, this.bytes, this.plain);
    const { v, w, y } = this.places;
    if (vector !== undefined) new Float64Array(buffer, v, this.width).fill(0).set(vector);
    const sums = new Float64Array(buffer, w, this.width).fill(0);
    const ofRows = new Float64Array(buffer, y, (this.bytes - y) / 8);
    for (const block of this.blocks) {
      if (!(this.isResident && isUntouched)) this.load(block, buffer);
      act({ kernels, ofRows }, block);
    }
    return sums.slice(0, this.dim);
  }

  private load({ rows, count, filled, x }: Block, buffer: ArrayBuffer): void {
    const { dim, width } = this;
    const values = new Float32Array(buffer, x, filled * width);
    if (width === dim) {
      values.set(rows);
      values.fill(0, count * dim);
      return;
    }
    values.fill(0);
    for (let i = 0; i < count; i++) values.set(rows.subarray(i * dim, (i + 1) * dim), i * width);
  }
}
