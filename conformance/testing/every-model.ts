/**
 * The conformance test of a backend: every reference that transformers and timm made, at this library's own bar.
 *
 * A tensor passes if max |a − b| ≤ 2e-5 · max(1, max |reference|); the outputs of a model are also no further from
 * PyTorch's float64 answer than three times PyTorch's own float32 is, or one step of float32.
 */
import { compareValues } from '../../lib/parity/compare.ts';
import { loadForReference, verifyReference } from '../../lib/parity/verify.ts';
import { testEveryLayer } from './every-layer.ts';
import { CASES, loadOptions, modelFolder, readCase } from './references.ts';

const ATOL = 2e-5;
/** A float32 result can't be expected nearer to the truth than its own last place allows. */
const FLOAT32_STEP = 2 ** -23;

/** Defines the tests, for each reference and each layer, on the backend that is current when they run. */
export function testEveryModel(): void {
  test.each(CASES)('$name', async (example) => {
    const reference = await readCase(example, 'float32');
    const truth = await readCase(example, 'float64');
    using model = await loadForReference(modelFolder(example), reference, loadOptions(example));
    const rows = await verifyReference(model, reference, { atol: ATOL });
    expect(rows.length).toBe(reference.expected.size);
    expect(rows.filter((row) => !row.pass)).toEqual([]);

    const againstTruth = await verifyReference(
      model,
      { ...reference, expected: truth.expected },
      { atol: ATOL },
    );
    const tooFar = againstTruth
      // a loss has the error of the logits, which is checked, times a factor that the labels decide
      .filter(({ name: output }) => output !== 'loss')
      .map(({ name: output, maxAbs, maxReference }) => {
        const float32 = reference.expected.get(output)?.values ?? [];
        const exact = truth.expected.get(output)?.values ?? [];
        const torch = compareValues(output, float32, exact, ATOL).maxAbs;
        return {
          output,
          maxAbs,
          torch,
          bound: Math.max(3 * torch, FLOAT32_STEP * Math.max(1, maxReference)),
        };
      })
      .filter(({ maxAbs, bound }) => maxAbs > bound);
    expect(tooFar).toEqual([]);
  });

  testEveryLayer();
}
