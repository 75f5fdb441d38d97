/**
 * A model's gradients against PyTorch's float64 ones.
 *
 * No gradient is further from it than 1e-5 times the largest of the reference, or 1, and none further than three times what
 * PyTorch's own float32 is off, or one step of float32; and the same call gives the same values again.
 */
import type { Reference } from '../../lib/parity/reference.ts';
import { loadForReference, type VerifiedTensor, verifyReference } from '../../lib/parity/verify.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import type { Miss } from './check-model.ts';

const FLOAT32_STEP = 2 ** -23;

/**
 * Loads a model, computes its gradients three times, and frees it.
 *
 * @param reference says in its metadata how far PyTorch's float32 is off
 * @returns what misses a bar; none if all is well
 */
export async function checkGradients(source: ModelSource, reference: Reference): Promise<Miss[]> {
  const model = await loadForReference(source, reference);
  try {
    const rows = await verifyReference(model, reference);
    const misses = rows.flatMap(({ name, maxAbs, pass }) =>
      pass ? [] : [{ output: name, maxAbs, bound: Number.NaN }],
    );
    const gradients = rows.filter(({ name }) => name.startsWith('gradients.'));
    const largest = Math.max(1, ...gradients.map(({ maxReference }) => maxReference));
    const bound = Math.max(3 * Number(reference.metadata.float32_error), FLOAT32_STEP * largest);
    for (const { name, maxAbs } of gradients) {
      if (!(maxAbs <= bound)) misses.push({ output: `${name} against float32's error`, maxAbs, bound });
    }
    for (const call of ['second', 'third']) {
      const again = await verifyReference(model, reference);
      for (const [i, row] of again.entries()) {
        if (isSame(row, rows[i])) continue;
        misses.push({
          output: `${row.name} of the ${call} call`,
          maxAbs: row.maxAbs,
          bound: rows[i]?.maxAbs ?? 0,
        });
      }
    }
    return misses;
  } finally {
    model.dispose();
  }
}

/** Whether two comparisons with the same reference found the same values, as far as their sums tell. */
function isSame(one: VerifiedTensor, other: VerifiedTensor | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
