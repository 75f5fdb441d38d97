/** Vectors of length 1 at right angles to one another, and what is left of others beside them. */
import { borrowKernels } from './kernel-memory.ts';
import { multipleOf4 } from './kernels.ts';
import { dot } from './vectors.ts';

/** How many vectors there is room for at first. */
const FIRST_ROOM = 64;
/** If less than this part of a vector is left, what rounding makes of the rest is taken out too. */
const LITTLE = 0.5;

/** A list that grows of orthonormal vectors. The same bits in every engine. */
export class OrthonormalRows {
  /** D */
  readonly dim: number;
  private readonly width: number;
  private readonly rows: Float64Array[] = [];
  private readonly plain: boolean;
  private room = FIRST_ROOM;
  /** how many of the rows are in the kernels' memory, if it is untouched */
  private loaded = 0;

  /**
   * @param dim D
   * @param plain whether to do without WebAssembly; default: where it can't be had
   */
  constructor(dim: number, plain = false) {
    this.dim = dim;
    this.width = multipleOf4(dim);
    this.plain = plain;
  }

  /** How many vectors there are. */
  get count(): number {
    return this.rows.length;
  }

  /** @param row [D], of length 1 and orthogonal to those before; kept */
  push(row: Float64Array): void {
    this.rows.push(row);
  }

  /**
   * Takes from a vector what lies along the rows, and once more if little is left.
   *
   * Source: "twice is enough" of Kahan; Parlett, The Symmetric Eigenvalue Problem, 6.9.
   *
   * @param vector [D], changed in place
   */
  orthogonalise(vector: Float64Array): void {
    const { dim, width, rows } = this;
    while (this.room < rows.length) this.room *= 2;
    // the vector, the rows, and behind them what moves back as they become more
    const b = width * 8;
    const y = b + this.room * width * 8;
    const { kernels, buffer, isUntouched } = borrowKernels(this, y + this.room * 8, this.plain, 'workspace');
    if (!isUntouched) this.loaded = 0;
    const filled = multipleOf4(rows.length);
    const inside = new Float64Array(buffer, b, filled * width);
    if (this.loaded < rows.length) inside.fill(0, this.loaded * width);
    for (; this.loaded < rows.length; this.loaded++) {
      inside.set(rows[this.loaded]!, this.loaded * width);
    }
    const place = new Float64Array(buffer, 0, width);
    place.fill(0).set(vector);
    const left = place.subarray(0, dim);
    const before = dot(vector, vector);
    kernels.orthogonalise(b, filled, width, 0, y);
    if (dot(left, left) < LITTLE ** 2 * before) kernels.orthogonalise(b, filled, width, 0, y);
    vector.set(left);
  }
}
