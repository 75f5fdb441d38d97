/**
 * A model's outputs against PyTorch's, at this library's own bar.
 *
 * A tensor passes if max |a − b| ≤ 2e-5 · max(1, max |reference|); the outputs of a model are also no further from
 * PyTorch's float64 answer than three times PyTorch's own float32 is, or one step of float32.
 */
import type { ClassifierLoadOptions } from '../../lib/families/dinov2/load-options.ts';
import { compareValues } from '../../lib/parity/compare.ts';
import type { Reference } from '../../lib/parity/reference.ts';
import { loadForReference, type Preprocess, verifyReference } from '../../lib/parity/verify.ts';
import type { ModelSource } from '../../sources/model-source.ts';

/** The tolerance of every tensor. */
export const ATOL = 2e-5;
/** A float32 result can't be expected nearer to the truth than its own last place allows. */
const FLOAT32_STEP = 2 ** -23;

/** An output that is not what it should be. */
export interface Miss {
  output: string;
  maxAbs: number;
  bound: number;
}

/** What a model is checked against, and what with. */
export interface ModelCheck {
  source: ModelSource;
  options?: ClassifierLoadOptions;
  /** PyTorch's float32 answer and the inputs */
  reference: Reference;
  /** PyTorch's float64 answer */
  truth?: Reference;
  /** for references that start from encoded images */
  preprocess?: Preprocess;
}

/**
 * Loads a model, runs it, and frees it.
 *
 * @returns the outputs that miss a bar; none if all is well
 * @throws what loading and running throw
 */
export async function checkModel(check: ModelCheck): Promise<Miss[]> {
  const { source, options = {}, reference, truth, preprocess } = check;
  const model = await loadForReference(source, reference, options);
  try {
    const compared = { atol: ATOL, ...(preprocess && { preprocess }) };
    const rows = await verifyReference(model, reference, compared);
    const misses = rows
      .filter(({ pass }) => !pass)
      .map(({ name, maxAbs, maxReference }) => ({
        output: name,
        maxAbs,
        bound: ATOL * Math.max(1, maxReference),
      }));
    if (rows.length !== reference.expected.size)
      misses.push({ output: 'all', maxAbs: rows.length, bound: reference.expected.size });
    if (truth === undefined) return misses;

    const exactRows = await verifyReference(model, { ...reference, expected: truth.expected }, compared);
    const tooFar = exactRows
      // a loss has the error of the logits, which is checked, times a factor that the labels decide
      .filter(({ name }) => name !== 'loss')
      .map(({ name, maxAbs, maxReference }) => {
        const float32 = reference.expected.get(name)?.values ?? [];
        const exact = truth.expected.get(name)?.values ?? [];
        const torch = compareValues(name, float32, exact, ATOL).maxAbs;
        const bound = Math.max(3 * torch, FLOAT32_STEP * Math.max(1, maxReference));
        return { output: `${name} against float64`, maxAbs, bound };
      })
      .filter(({ maxAbs, bound }) => !(maxAbs <= bound));
    return [...misses, ...tooFar];
  } finally {
    model.dispose();
  }
}
