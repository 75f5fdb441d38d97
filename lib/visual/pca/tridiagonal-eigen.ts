/** Eigenvalues of symmetric tridiagonal matrices. */

/** How many turns an eigenvalue may take; it takes two or three. */
const MOST_TURNS = 60;

/**
 * The eigenvalues of a symmetric tridiagonal matrix T = Z Λ Zᵀ, by the QL iteration with implicit shifts.
 *
 * Source: Golub and Van Loan, Matrix Computations, 4th edition, 8.3, with Wilkinson's shift.
 *
 * @param diagonal [m]; the eigenvalues at the end, in no order
 * @param beside [m − 1] or more, the values beside the diagonal; lost
 * @param rows each a row [m] that becomes itself · Z: the last row of a unit matrix becomes the last row of Z
 */
export function tridiagonalEigen(
  diagonal: Float64Array,
  beside: Float64Array,
  rows: readonly Float64Array[],
): void {
  const m = diagonal.length;
  for (let first = 0; first < m; first++) {
    for (let turn = 0; turn < MOST_TURNS; turn++) {
      const end = blockEnd(diagonal, beside, first);
      if (end === first) break;
      qlStep(diagonal, beside, rows, first, end);
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
  rows: readonly Float64Array[],
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
    for (const row of rows) {
      const right = row[i + 1]!;
      const left = row[i]!;
      row[i + 1] = sine * left + cosine * right;
      row[i] = cosine * left - sine * right;
    }
  }
  diagonal[first] = diagonal[first]! - carried;
  beside[first] = bulge;
}
