/** Products of float32 rows with float64 vectors, summed in float64 in one order everywhere. */
import { borrowKernels } from './kernel-memory.ts';
import { filledUp, type Kernels } from './kernels.ts';

/** Rows of so many bytes stay in the kernels' memory from one product to the next; of more, blocks go through it. */
const RESIDENT_BYTES = 2 ** 26;
/** How much of rows that do not stay is in the kernels' memory at once. */
const BLOCK_BYTES = 2 ** 20;
/** Some rows of a matrix. */
interface Selection {
  /** [n, D] */
  readonly rows: Float32Array;
  /** which of the rows, in this order; default all */
  readonly places?: Int32Array | undefined;
}

/** Consecutive rows of a selection, and where they are put in the kernels' memory. */
interface Block extends Selection {
  /** how many rows of all selections came before */
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

/** The kernels, their memory, and in it room for a value of each row of a block, or several, and for a vector. */
interface Open {
  readonly kernels: Kernels;
  readonly buffer: ArrayBuffer;
  readonly ofRows: Float64Array;
  readonly vector: Float64Array;
}

/** Products with rows of one width, as one matrix X. The same bits in every engine, on every machine. */
export class RowProducts {
  /** D */
  readonly dim: number;
  /** N */
  readonly count: number;
  private readonly width: number;
  private readonly parts: readonly Selection[];
  private readonly blocks: readonly Block[];
  private readonly isResident: boolean;
  private readonly places: Places;
  private readonly bytes: number;
  private readonly plain: boolean;

  /**
   * @param dim D
   * @param parts X, each [n, D] or some rows of it, borrowed
   * @param plain whether to do without WebAssembly; default: where it can't be had
   * @param outputs how many weights `throughScores` takes
   */
  constructor(dim: number, parts: readonly (Float32Array | Selection)[], plain = false, outputs = 1) {
    this.dim = dim;
    this.parts = parts.map((part) => ('rows' in part ? part : { rows: part }));
    this.width = filledUp(dim);
    this.plain = plain;
    const rowBytes = this.width * 4;
    const total = this.parts.reduce((sum, part) => sum + filledUp(countOf(part, dim)), 0);
    this.isResident = total * rowBytes <= RESIDENT_BYTES;
    const most = this.isResident ? total : filledUp(Math.ceil(BLOCK_BYTES / rowBytes));
    let start = 0;
    let x = 0;
    let largest = 0;
    const blocks: Block[] = [];
    for (const part of this.parts) {
      const ofPart = countOf(part, dim);
      for (let at = 0; at < ofPart; at += most) {
        const count = Math.min(most, ofPart - at);
        const filled = filledUp(count);
        const places = part.places?.subarray(at, at + count);
        const rows = places === undefined ? part.rows.subarray(at * dim, (at + count) * dim) : part.rows;
        blocks.push({ rows, places, start, count, filled, x });
        start += count;
        largest = Math.max(largest, filled);
        if (this.isResident) x += filled * rowBytes;
      }
    }
    this.blocks = blocks;
    this.count = start;
    const v = (this.isResident ? total : most) * rowBytes;
    const w = v + outputs * this.width * 8;
    const y = w + outputs * this.width * 8;
    this.places = { v, w, y };
    this.bytes = y + outputs * largest * 8;
  }

  /** One row [D] in float64; throws RangeError beyond the last. */
  row(place: number): Float64Array {
    const block = this.blocks.find(({ start, count }) => place >= start && place < start + count);
    if (block === undefined) throw new RangeError(`internal: row ${place} of ${this.count}`);
    const at = offsetOf(block, place - block.start, this.dim);
    return Float64Array.from(block.rows.subarray(at, at + this.dim));
  }

  /**
   * Those rows for which a mask is not 0.
   *
   * @param mask [N]
   */
  only(mask: Uint8Array): RowProducts {
    let start = 0;
    const parts = this.parts.map(({ rows, places }): Selection => {
      const count = countOf({ rows, places }, this.dim);
      const all = places ?? Int32Array.from({ length: count }, (_, i) => i);
      const before = start;
      start += count;
      return { rows, places: all.filter((_, i) => mask[before + i] !== 0) };
    });
    return new RowProducts(this.dim, parts, this.plain);
  }

  /**
   * Adds each row to the sum that a label names.
   *
   * @param labels [N]
   * @param sums each [D]
   */
  addByLabel(labels: Int32Array, sums: readonly Float64Array[]): void {
    const { dim } = this;
    for (const block of this.blocks) {
      for (let i = 0; i < block.count; i++) {
        const sum = sums[labels[block.start + i]!]!;
        const at = offsetOf(block, i, dim);
        for (let j = 0; j < dim; j++) sum[j] = sum[j]! + block.rows[at + j]!;
      }
    }
  }

  /**
   * X v for several v, in one pass through the rows.
   *
   * @param vectors each v [D]
   * @returns of each [N]
   */
  projectAll(vectors: readonly Float64Array[]): Float64Array[] {
    const all = vectors.map(() => new Float64Array(this.count));
    const { v, y } = this.places;
    this.eachBlock(undefined, ({ kernels, ofRows, vector }, { x, start, count, filled }) => {
      for (const [i, each] of vectors.entries()) {
        vector.set(each);
        kernels.project(x, filled, this.width, v, y);
        all[i]!.set(ofRows.subarray(0, count), start);
      }
    });
    return all;
  }

  /**
   * X v.
   *
   * @param vector v [D]
   * @returns [N]
   */
  project(vector: Float64Array): Float64Array {
    return this.projectAll([vector])[0]!;
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
   * Scores of rows with several weights, and from what is made of them back to the weights.
   *
   * @param weights W [k, D]; k is even, and at most what the constructor was told
   * @param act is given scores X Wᵀ of consecutive rows [n, k], of which `start` is the first, and writes other values over them
   * @returns SᵀX [k, D], where S is what `act` has written
   */
  throughScores(weights: Float64Array, act: (scores: Float64Array, start: number) => void): Float64Array {
    const { dim, width } = this;
    const { v, w, y } = this.places;
    const outputs = weights.length / dim;
    const result = new Float64Array(weights.length);
    this.eachBlock(undefined, ({ kernels, buffer, ofRows }, { x, start, count, filled }, isFirst) => {
      const inside = new Float64Array(buffer, v, outputs * width);
      const sums = new Float64Array(buffer, w, outputs * width);
      if (isFirst) sums.fill(0);
      inside.fill(0);
      for (let k = 0; k < outputs; k++) inside.set(weights.subarray(k * dim, (k + 1) * dim), k * width);
      kernels.scores(x, filled, width, v, outputs, y);
      act(ofRows.subarray(0, count * outputs), start);
      kernels.addProducts(x, filled, width, y, outputs, w);
      for (let k = 0; k < outputs; k++) result.set(sums.subarray(k * width, k * width + dim), k * dim);
    });
    return result;
  }

  /**
   * Does something with block after block, each of which is in the kernels' memory then, as is a vector.
   *
   * @returns what the kernels have added up at `places.w`
   */
  private eachBlock(
    given: Float64Array | undefined,
    act: (open: Open, block: Block, isFirst: boolean) => void,
  ): Float64Array {
    const { kernels, buffer, isUntouched } = borrowKernels(this, this.bytes, this.plain);
    const { v, w, y } = this.places;
    const vector = new Float64Array(buffer, v, this.width).fill(0);
    if (given !== undefined) vector.set(given);
    const sums = new Float64Array(buffer, w, this.width).fill(0);
    const ofRows = new Float64Array(buffer, y, (this.bytes - y) / 8);
    for (const block of this.blocks) {
      if (!(this.isResident && isUntouched)) this.load(block, buffer);
      act({ kernels, buffer, ofRows, vector }, block, block === this.blocks[0]);
    }
    return sums.slice(0, this.dim);
  }

  private load(block: Block, buffer: ArrayBuffer): void {
    const { dim, width } = this;
    const { rows, places, count, filled, x } = block;
    const values = new Float32Array(buffer, x, filled * width);
    // what is filled up
    values.fill(0, width === dim ? count * dim : 0);
    if (width === dim && places === undefined) {
      values.set(rows);
      return;
    }
    for (let i = 0; i < count; i++) {
      const at = offsetOf(block, i, dim);
      values.set(rows.subarray(at, at + dim), i * width);
    }
  }
}

function countOf({ rows, places }: Selection, dim: number): number {
  return places?.length ?? rows.length / dim;
}

/** Where a row of a selection begins. */
function offsetOf({ places }: Selection, i: number, dim: number): number {
  return (places?.[i] ?? i) * dim;
}
