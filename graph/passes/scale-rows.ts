/** Matrices with scaled rows, which are made when they are read. */

import type { Constant } from '../../ops/operation.ts';
import { dimensions } from '../../shapes/dimensions.ts';

/**
 * The constant diag(factors) · matrix.
 *
 * A plain loop, and no operation to be folded: the weights it is made for are large, and a backend would need copies of them.
 *
 * @param matrix [N, K] float32
 * @param factors [N] float32
 */
export function scaleRows(matrix: Constant, factors: Constant): Constant {
  const [rows, columns] = dimensions(matrix.shape, 2, 'matrix');
  return {
    ...matrix,
    async read() {
      const scales = await factors.read();
      const scaled = (await matrix.read()).slice();
      for (let n = 0; n < rows; n++) {
        const scale = scales[n]!;
        for (let i = n * columns; i < (n + 1) * columns; i++) scaled[i]! *= scale;
      }
      return scaled;
    },
  };
}
