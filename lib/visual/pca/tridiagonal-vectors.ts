/** The eigenvectors of a symmetric tridiagonal matrix, as the rotations that they are the product of. */
import { tridiagonalEigen } from './tridiagonal-eigen.ts';

/** T = Z Λ Zᵀ, of which Z is never written out. */
export class TridiagonalVectors {
  /** [m], in the order of `tridiagonalEigen` */
  readonly values: Float64Array;
  private readonly places: number[] = [];
  private readonly cosines: number[] = [];
  private readonly sines: number[] = [];

  /**
   * @param diagonal [m]
   * @param beside [m − 1] or more
   */
  constructor(diagonal: readonly number[], beside: readonly number[]) {
    this.values = Float64Array.from(diagonal);
    tridiagonalEigen(this.values, Float64Array.from(beside), (place, cosine, sine) => {
      this.places.push(place);
      this.cosines.push(cosine);
      this.sines.push(sine);
    });
  }

  /** Zᵀ c, in place: what a vector is along each eigenvector. */
  project(vector: Float64Array): void {
    for (const [r, i] of this.places.entries()) {
      const left = vector[i]!;
      const right = vector[i + 1]!;
      vector[i] = this.cosines[r]! * left - this.sines[r]! * right;
      vector[i + 1] = this.sines[r]! * left + this.cosines[r]! * right;
    }
  }

  /** Z c, in place: the rotations from last to first, of columns. */
  combine(vector: Float64Array): void {
    for (let r = this.places.length - 1; r >= 0; r--) {
      const i = this.places[r]!;
      const upper = vector[i]!;
      const lower = vector[i + 1]!;
      vector[i] = this.cosines[r]! * upper + this.sines[r]! * lower;
      vector[i + 1] = this.cosines[r]! * lower - this.sines[r]! * upper;
    }
  }
}
