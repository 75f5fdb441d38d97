/** A matrix of float32 rows, and its products with float64 vectors, summed in float64 in one order everywhere. */
import { borrowKernels } from './kernel-memory.ts';
import { type Kernels, multipleOf4 } from './kernels.ts';
import type { OpenKernels } from './open-kernels.ts';
import {
  countOf,
  loadBlock,
  offsetOf,
  type RowBlock,
  type RowBlocks,
  type RowSelection,
  rowBlocks,
} from './row-blocks.ts';

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

/** Rows of one width as one matrix X [N, D]. The same bits in every engine, on every machine. */
export class RowMatrix {
  /** D */
  readonly dim: number;
  /** N */
  readonly count: number;
  private readonly width: number;
  private readonly parts: readonly RowSelection[];
  private readonly rows: RowBlocks;
  private readonly places: Places;
  private readonly bytes: number;
  private readonly plain: boolean;
  private readonly centre: Float64Array | undefined;

  /**
   * @param dim D
   * @param parts X, each [n, D] or some rows of it, borrowed
   * @param plain whether to do without WebAssembly; default: where it can't be had
   * @param outputs how many rows of weights `throughScores` takes at most
   * @param centre what is taken from each row before products, of which float32 is kept; default nothing
   */
  constructor(
    dim: number,
    parts: readonly (Float32Array | RowSelection)[],
    plain = false,
    outputs = 1,
    centre?: Float64Array,
  ) {
    this.dim = dim;
    this.width = multipleOf4(dim);
    this.plain = plain;
    this.centre = centre;
    this.parts = parts.map((part) => ('rows' in part ? part : { rows: part }));
    this.rows = rowBlocks(dim, this.parts);
    this.count = this.rows.count;
    const k = evenCount(outputs);
    const v = this.rows.bytes;
    const w = v + k * this.width * 8;
    const y = w + k * this.width * 8;
    this.places = { v, w, y };
    this.bytes = y + k * this.rows.largest * 8;
  }

  /** One row [D] in float64; throws RangeError beyond the last. */
  row(place: number): Float64Array {
    const block = this.rows.blocks.find(({ start, count }) => place >= start && place < start + count);
    if (block === undefined) throw new RangeError(`internal: row ${place} of ${this.count}`);
    const at = offsetOf(block, place - block.start, this.dim);
    return Float64Array.from(block.rows.subarray(at, at + this.dim));
  }

  /**
   * Those rows for which a mask is not 0.
   *
   * @param mask [N]
   */
  only(mask: Uint8Array): RowMatrix {
    let start = 0;
    const parts = this.parts.map((part): RowSelection => {
      const { rows, places } = part;
      const count = countOf(part, this.dim);
      const all = places ?? Int32Array.from({ length: count }, (_, i) => i);
      const before = start;
      start += count;
      return { rows, places: all.filter((_, i) => mask[before + i] !== 0) };
    });
    return new RowMatrix(this.dim, parts, this.plain);
  }

  /**
   * The rows about a point, as float32 has them.
   *
   * @param centre [D], kept
   * @returns undefined where rows don't stay in the kernels' memory, and taking it from them for each product would take longer than that
   */
  about(centre: Float64Array): RowMatrix | undefined {
    return this.rows.isResident ? new RowMatrix(this.dim, this.parts, this.plain, 1, centre) : undefined;
  }

  /**
   * Adds each row to the sum that a label names.
   *
   * @param labels [N]
   * @param sums each [D]
   */
  addByLabel(labels: Int32Array, sums: readonly Float64Array[]): void {
    const { dim } = this;
    for (const block of this.rows.blocks) {
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
    this.eachBlock(undefined, ({ kernels, ofRows, vector }, { x, start, count, padded }) => {
      for (const [i, each] of vectors.entries()) {
        vector.set(each);
        kernels.project(x, padded, this.width, v, y);
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
    this.eachBlock(point, ({ kernels, ofRows }, { x, start, count, padded }) => {
      kernels.distances(x, padded, this.width, v, y);
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
    return this.eachBlock(undefined, ({ kernels, ofRows }, { x, start, count, padded }) => {
      ofRows.fill(0, count, padded);
      ofRows.set(weights.subarray(start, start + count));
      kernels.accumulate(x, padded, this.width, y, w);
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
    return this.eachBlock(vector, ({ kernels }, { x, padded }) =>
      // rows of padding are zeros, to which no weight matters
      kernels.normal(x, padded, this.width, v, shift, y, w),
    );
  }

  /**
   * XᵀX v in float32, which takes half the time of float64: exact but for some 1e-7 of the largest that it could be.
   *
   * @param vector v [D]
   * @returns [D]
   */
  roughNormal(vector: Float64Array): Float64Array {
    const { v, w, y } = this.places;
    const sums = v + this.width * 4;
    return this.eachBlock(undefined, ({ kernels, buffer }, { x, padded }, isFirst) => {
      if (isFirst) new Float32Array(buffer, v, this.dim).set(vector);
      kernels.roughNormal(x, padded, this.width, v, y, sums, w);
    });
  }

  /**
   * Scores of rows with several weights, and from what is made of them back to the weights.
   *
   * @param weights W [k, D]; k at most the `outputs` of the constructor
   * @param act is given the scores W x of each row [k], which it replaces, and the row's number
   * @returns SᵀX [k, D], where S is what `act` has written
   */
  throughScores(weights: Float64Array, act: (scores: Float64Array, row: number) => void): Float64Array {
    const { dim, width } = this;
    const { v, w, y } = this.places;
    const k = weights.length / dim;
    const even = evenCount(k);
    const result = new Float64Array(weights.length);
    this.eachBlock(undefined, ({ kernels, buffer, ofRows }, { x, start, count, padded }, isFirst) => {
      const inside = new Float64Array(buffer, v, even * width);
      const sums = new Float64Array(buffer, w, even * width);
      if (isFirst) {
        sums.fill(0);
        inside.fill(0);
        for (let c = 0; c < k; c++) inside.set(weights.subarray(c * dim, (c + 1) * dim), c * width);
      }
      kernels.scores(x, padded, width, v, even, y);
      for (let i = 0; i < count; i++) act(ofRows.subarray(i * even, i * even + k), start + i);
      kernels.addProducts(x, padded, width, y, even, w);
      for (let c = 0; c < k; c++) result.set(sums.subarray(c * width, c * width + dim), c * dim);
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
    act: (open: Open, block: RowBlock, isFirst: boolean) => void,
  ): Float64Array {
    const { kernels, buffer, isUntouched } = borrowKernels(this, this.bytes, this.plain);
    const { v, w, y } = this.places;
    const vector = new Float64Array(buffer, v, this.width).fill(0);
    if (given !== undefined) vector.set(given);
    const sums = new Float64Array(buffer, w, this.width).fill(0);
    const ofRows = new Float64Array(buffer, y, (this.bytes - y) / 8);
    const { blocks, isResident } = this.rows;
    for (const block of blocks) {
      if (!(isResident && isUntouched)) {
        loadBlock(block, this.dim, buffer);
        if (this.centre !== undefined) this.centreBlock(block, { kernels, buffer }, this.centre);
      }
      act({ kernels, buffer, ofRows, vector }, block, block === blocks[0]);
    }
    return sums.slice(0, this.dim);
  }

  /** Takes the centre from rows that have been loaded; it lies in the second half of the place for vectors, of which there is room for two. */
  private centreBlock({ x, count }: RowBlock, { kernels, buffer }: OpenKernels, centre: Float64Array): void {
    const m = this.places.v + this.width * 8;
    const inside = new Float64Array(buffer, m, this.width).fill(0);
    inside.set(centre);
    kernels.centre(x, count, this.width, m);
  }
}

/** Kernels take rows of weights in pairs; of an odd number there is one more, of zeros. */
function evenCount(outputs: number): number {
  return outputs + (outputs % 2);
}
