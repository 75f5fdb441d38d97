/** Eigenvalues of symmetric tridiagonal matrices. */

/** How many steps an eigenvalue may take; it takes two or three. */
const MOST_STEPS = 60;

/** Does what a rotation of two neighbouring columns says. */
export type Rotate = (place: number, cosine: number, sine: number) => void;

/**
 * The eigenvalues of a symmetric tridiagonal matrix T = Z Λ Zᵀ, by the QL iteration with implicit shifts.
 *
 * Source: Golub and Van Loan, Matrix Computations, 4th edition, 8.3, with Wilkinson's shift.
 *
 * @param diagonal [m]; the eigenvalues at the end, in no order
 * @param beside [m − 1] or more, the values beside the diagonal; lost
 * @param turn is told of every rotation that Z is the product of, in their order: each is of columns `place` and the one behind it,
 *   which become cosine · left − sine · right and sine · left + cosine · right
 */
export function tridiagonalEigen(diagonal: Float64Array, beside: Float64Array, turn: Rotate): void {
  const m = diagonal.length;
  for (let first = 0; first < m; first++) {
    for (let step = 0; step < MOST_STEPS; step++) {
      const end = blockEnd(diagonal, beside, first);
      if (end === first) break;
      qlStep(diagonal, beside, turn, first, end);
    }
  }
}

/** The last row of the block that begins at `first` and does not fall apart. */
function blockEnd(diagonal: Float64Array, beside: Float64Array, first: number): number {
  for (let end = first; end < diagonal.length - 1; end++) {
    const scale = Math.abs(diagonal[end]!) + Math.abs(diagonal[end + 1]!);
    if (Math.abs(beside[end]!) <= Number.EPSILON * scale) return end;
  }
  return diagonal.length - 1;
}

/** One sweep of rotations from the end of a block to its beginning. */
function qlStep(
  diagonal: Float64Array,
  beside: Float64Array,
  turn: Rotate,
  first: number,
  end: number,
): void {
  const half = (diagonal[first + 1]! - diagonal[first]!) / (2 * beside[first]!);
  const root = Math.sqrt(half * half + 1);
  let bulge = diagonal[end]! - diagonal[first]! + beside[first]! / (half + (half < 0 ? -root : root));
  let sine = 1;
  let cosine = 1;
  let carried = 0;
  for (let i = end - 1; i >= first; i--) {
    const across = sine * beside[i]!;
    const along = cosine * beside[i]!;
    const length = Math.sqrt(across * across + bulge * bulge);
    if (i + 1 < end) beside[i + 1] = length;
    if (length === 0) {
      // the block falls apart here
      diagonal[i + 1] = diagonal[i + 1]! - carried;
      return;
    }
    sine = across / length;
    cosine = bulge / length;
    const shifted = diagonal[i + 1]! - carried;
    const turned = (diagonal[i]! - shifted) * sine + 2 * cosine * along;
    carried = sine * turned;
    diagonal[i + 1] = shifted + carried;
    bulge = cosine * turned - along;
    turn(i, cosine, sine);
  }
  diagonal[first] = diagonal[first]! - carried;
  beside[first] = bulge;
}
